"""Since when nothing is known of a customer who was erased."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS customer_erased",
    "CREATE INDEX CONCURRENTLY customer_erased ON customer (merchant_id, erased) WHERE erased IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_ERASURE = models.Index(
    fields=["merchant", "erased"], name="customer_erased", condition=models.Q(erased__isnull=False)
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`customer` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0043_paused_programs")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE customer ADD COLUMN IF NOT EXISTS erased timestamp with time zone",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("customer", "erased", models.DateTimeField(null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("customer", BY_ERASURE)],
        ),
    ]

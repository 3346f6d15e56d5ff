"""By which edition of folding a customer's words were made. What an older release writes has none."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS customer_by_folding",
    "CREATE INDEX CONCURRENTLY customer_by_folding ON customer (merchant_id, folding)",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_FOLDING = models.Index(fields=["merchant", "folding"], name="customer_by_folding")


class Migration(migrations.Migration):
    while_serving = True
    locks = "`customer` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0029_team_invitation")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE customer ADD COLUMN IF NOT EXISTS folding smallint",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField("customer", "folding", models.SmallIntegerField(null=True))
            ],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("customer", BY_FOLDING)],
        ),
    ]

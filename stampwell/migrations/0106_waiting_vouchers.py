"""A voucher for which no code was left keeps since when it waits for one."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS waiting_voucher",
    "CREATE INDEX CONCURRENTLY waiting_voucher ON voucher (merchant_id, waits_since) WHERE waits_since IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
WAITING = models.Index(
    fields=["merchant", "waits_since"],
    name="waiting_voucher",
    condition=models.Q(waits_since__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0105_told_of_low_pools")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE voucher ADD COLUMN IF NOT EXISTS waits_since timestamp with time zone",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("voucher", "waits_since", models.DateTimeField(null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("voucher", WAITING)],
        ),
    ]

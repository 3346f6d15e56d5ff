"""A voucher keeps when its customer is told that it ends soon."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS voucher_to_remind_of",
    "CREATE INDEX CONCURRENTLY voucher_to_remind_of ON voucher (remind, merchant_id) WHERE remind IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
TO_REMIND_OF = models.Index(
    fields=["remind", "merchant"], name="voucher_to_remind_of", condition=models.Q(remind__isnull=False)
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0128_reminders_of_rewards")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE voucher ADD COLUMN IF NOT EXISTS remind timestamp with time zone",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("voucher", "remind", models.DateTimeField(null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("voucher", TO_REMIND_OF)],
        ),
    ]

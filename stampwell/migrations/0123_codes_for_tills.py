"""A voucher keeps the code by which a connected till asks for it."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS a_code_for_tills_names_one_voucher",
    "CREATE UNIQUE INDEX CONCURRENTLY a_code_for_tills_names_one_voucher ON voucher (merchant_id, api_code)"
    " WHERE api_code IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
ONE_VOUCHER = models.UniqueConstraint(
    fields=["merchant", "api_code"],
    name="a_code_for_tills_names_one_voucher",
    condition=models.Q(api_code__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0122_draws")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE voucher ADD COLUMN IF NOT EXISTS api_code varchar(11)",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("voucher", "api_code", models.CharField(max_length=11, null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddConstraint("voucher", ONE_VOUCHER)],
        ),
    ]

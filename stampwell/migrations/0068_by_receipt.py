"""The journal is searched by a receipt and by what staff call a voucher."""

from django.db import migrations, models
from django.db.models.functions import Cast, Right

WITH_RECEIPT = models.Q(receipt_id__isnull=False)
OF_STAMPS = models.Index(fields=["merchant", "receipt_id", "at"], name="stamp_by_receipt", condition=WITH_RECEIPT)
OF_REDEMPTIONS = models.Index(
    fields=["merchant", "receipt_id", "at"], name="redemption_by_receipt", condition=WITH_RECEIPT
)
OF_VOUCHERS = models.Index("merchant", Right(Cast("id", models.TextField()), 6), name="voucher_by_reference")


def add_index(model: str, index: models.Index, on: str) -> migrations.RunSQL:
    statements = [
        "SET statement_timeout = 0",  # it blocks nobody, however long it takes
        "SET lock_timeout = 0",  # it waits for old transactions, too
        f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",
        f"CREATE INDEX CONCURRENTLY {index.name} ON {on}",
        "RESET statement_timeout",
        "RESET lock_timeout",
    ]
    return migrations.RunSQL(
        statements, migrations.RunSQL.noop, state_operations=[migrations.AddIndex(model, index)]
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing; its indexes are made without a lock"
    atomic = False
    dependencies = [("stampwell", "0067_holidays")]

    operations = [
        add_index("stamp", OF_STAMPS, "stamp (merchant_id, receipt_id, at) WHERE receipt_id IS NOT NULL"),
        add_index(
            "redemption", OF_REDEMPTIONS, "redemption (merchant_id, receipt_id, at) WHERE receipt_id IS NOT NULL"
        ),
        add_index("voucher", OF_VOUCHERS, 'voucher (merchant_id, RIGHT((id)::text, 6))'),
    ]

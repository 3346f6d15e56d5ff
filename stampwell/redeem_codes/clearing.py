"""A file of codes that nobody adds goes after a day, with what the batch says of it."""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import now
from stampwell.sheets.files import forget_rows
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

KEPT = timedelta(days=1)
# One that is being written at this moment stays: its codes name it.
_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT 1 FROM code_batch b
        WHERE b.merchant_id = merchant.id AND b.written IS NULL AND b.codes = 0 AND b.created < %(old)s
    )
"""
_FORGET = """
    DELETE FROM code_batch b WHERE b.merchant_id = %(merchant)s AND b.written IS NULL AND b.codes = 0
        AND b.created < %(old)s AND NOT EXISTS (
            SELECT 1 FROM job j WHERE j.merchant_id = %(merchant)s AND j.id = b.job_id AND j.ended IS NULL
        ) RETURNING b.id
"""


def forget_old_code_files() -> None:
    """Which rows were no codes goes a day later, with those of imports (`imports.clearing`): those are numbers."""
    facts = {"old": now() - KEPT}

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            gone = tx.values(UUID, _FORGET, facts | {"merchant": merchant_id})
        for batch_id in gone:
            forget_rows(merchant_id, batch_id)

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)

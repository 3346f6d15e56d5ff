"""Jobs that ended long ago are forgotten."""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import now
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

KEPT = timedelta(days=90)
_WITH_OLD_JOBS = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM job WHERE job.merchant_id = merchant.id AND job.ended < %s
    )
"""


def forget_old_jobs() -> None:
    before = now() - KEPT

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write("DELETE FROM job WHERE merchant_id = %s AND ended < %s", (merchant_id, before))

    for_each_merchant(merchants_where(_WITH_OLD_JOBS, (before,)), forget)

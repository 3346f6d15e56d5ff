"""Codes for one receipt that nobody has claimed are forgotten some time after their end, and so is their series."""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import now
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

KEPT = timedelta(days=90)  # so long somebody who comes too late is told that it has expired, and when
_UNCLAIMED = """
    b.kind <> 'batch' AND b.expires < %(old)s AND NOT EXISTS (
        SELECT FROM receipt_claim c WHERE (c.merchant_id, c.batch_id) = (b.merchant_id, b.id)
    )
"""
_WITH_OLD = f"""
    SELECT id FROM merchant
    WHERE EXISTS (SELECT FROM receipt_batch b WHERE b.merchant_id = merchant.id AND {_UNCLAIMED})
        OR EXISTS (SELECT FROM receipt_series s WHERE s.merchant_id = merchant.id AND s.expires < %(old)s)
"""
_FORGET = f"DELETE FROM receipt_batch b WHERE b.merchant_id = %(merchant)s AND {_UNCLAIMED}"

_FORGET_SERIES = "DELETE FROM receipt_series WHERE merchant_id = %(merchant)s AND expires < %(old)s"


def forget_old_receipt_codes() -> None:
    facts = {"old": now() - KEPT}

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write(_FORGET, facts | {"merchant": merchant_id})
            tx.write(_FORGET_SERIES, facts | {"merchant": merchant_id})

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)

"""What was counted of people and devices on days that are long over is forgotten."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from stampwell.clock import now
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

KEPT: Final = timedelta(days=14)  # a device without a network may tell of what it scanned a week ago
_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM day_count c WHERE c.merchant_id = merchant.id AND c.day < %(before)s
    )
"""
_FORGET = "DELETE FROM day_count WHERE merchant_id = %(merchant)s AND day < %(before)s"


def forget_old_day_counts() -> None:
    facts = {"before": (now() - KEPT).date()}

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write(_FORGET, facts | {"merchant": merchant_id})

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)

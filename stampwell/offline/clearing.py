"""Kept scans that are settled are forgotten after some time; what waits stays until somebody decides it.

Who sends one of them again after that finds it waiting, because no such time is believed (`offline/believing.py`).
"""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import id_at, now
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

KEPT = timedelta(days=90)
BATCH = 1_000
_OLD = """
    s.state <> 'waiting' AND s.id < %(arrived)s AND (s.decided_at IS NULL OR s.decided_at < %(decided)s)
"""
_WITH_OLD = (
    f"SELECT id FROM merchant WHERE EXISTS (SELECT FROM kept_scan s WHERE s.merchant_id = merchant.id AND {_OLD})"
)
_FORGET = f"""
    DELETE FROM kept_scan WHERE merchant_id = %(merchant)s AND id IN (
        SELECT s.id FROM kept_scan s WHERE s.merchant_id = %(merchant)s AND {_OLD} ORDER BY s.id LIMIT %(most)s
    ) RETURNING id
"""


def forget_settled_scans() -> None:
    old = now() - KEPT
    facts = {"arrived": id_at(old), "decided": old}  # their ids tell when they came

    def forget(merchant_id: UUID) -> None:
        while _forget_some(merchant_id, facts) == BATCH:
            pass

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)


def _forget_some(merchant_id: UUID, facts: dict[str, object]) -> int:
    with merchant_transaction(merchant_id) as tx:
        return len(tx.values(UUID, _FORGET, facts | {"merchant": merchant_id, "most": BATCH}))

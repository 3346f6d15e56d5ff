"""What was sent long ago is forgotten, and addresses that were deleted."""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import id_at, now
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where

KEPT = timedelta(days=30)
AT_ONCE = 5_000
RESTORED = "it was waiting in the backup that was restored; perhaps it was sent since"
_SET_ASIDE = """
    UPDATE webhook_delivery SET state = 'failed', due = NULL, leased_until = NULL, ended = %(now)s,
        problem = %(problem)s
    WHERE merchant_id = %(merchant)s AND due IS NOT NULL
"""
_WITH_OLD = """
    SELECT DISTINCT merchant_id FROM webhook_endpoint e WHERE removed IS NOT NULL OR EXISTS (
        SELECT 1 FROM webhook_delivery d
        WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND d.id < %(before)s AND d.due IS NULL
    )
"""
# What somebody holds is left for the next night: nobody waits for thousands of rows, nor they for him.
_FORGET = """
    DELETE FROM webhook_delivery WHERE merchant_id = %(merchant)s AND id = ANY(ARRAY(
        SELECT d.id FROM webhook_delivery d
        JOIN webhook_endpoint e ON (e.merchant_id, e.id) = (d.merchant_id, d.endpoint_id)
        WHERE d.merchant_id = %(merchant)s AND e.merchant_id = %(merchant)s
            AND (e.removed IS NOT NULL OR (d.id < %(before)s AND d.due IS NULL))
        ORDER BY d.id LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
    ))
    RETURNING id
"""
_FORGET_REMOVED = """
    DELETE FROM webhook_endpoint e WHERE merchant_id = %(merchant)s AND removed IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM webhook_delivery d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id
    )
"""


def set_aside_deliveries(tx: Statements) -> None:
    """After a restore nothing goes out a second time by itself; a retry or a replay is for whoever knows."""
    tx.write(_SET_ASIDE, {"merchant": tx.merchant_id, "now": now(), "problem": RESTORED})


def forget_old_deliveries() -> None:
    before = id_at(now() - KEPT)

    def forget(merchant_id: UUID) -> None:
        facts = {"merchant": merchant_id, "before": before, "most": AT_ONCE}
        while True:
            with merchant_transaction(merchant_id) as tx:
                is_over = len(tx.values(UUID, _FORGET, facts)) < AT_ONCE
            if is_over:
                break
        with merchant_transaction(merchant_id) as tx:  # of its own: an address is held before what is sent there
            tx.write(_FORGET_REMOVED, facts)

    for_each_merchant(merchants_where(_WITH_OLD, {"before": before}), forget)

"""A reward that was handed out without a network and waits for the owner.

It holds no voucher, so whoever hands that one out is told: the row of the voucher says since when, and this who did it.
Whoever changes which scans of a voucher wait writes that mark, and holds the voucher first.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.transactions import Statements, for_each_merchant, merchant_reads, merchant_transaction, merchants_where
from stampwell.vouchers.rows import ask_to_lock_voucher

# Bounded by what waits, which has an index; so no scan that has been decided is read.
_WAITING = """
    SELECT k.happened_at AS at, coalesce(m.name, '') AS person FROM kept_scan k
    LEFT JOIN staff_member m ON m.merchant_id = k.merchant_id AND m.id = k.staff_member_id
    WHERE k.merchant_id = %s AND k.state = 'waiting' AND k.voucher_id = %s
    ORDER BY k.happened_at DESC, k.id DESC LIMIT 1
"""
_MARK = "UPDATE voucher SET handed_out = greatest(handed_out, %s) WHERE merchant_id = %s AND id = %s"
_MARK_BY_OTHERS = """
    UPDATE voucher v SET handed_out = k.at FROM (
        SELECT max(happened_at) AS at FROM kept_scan
        WHERE merchant_id = %(merchant)s AND state = 'waiting' AND voucher_id = %(voucher)s
    ) k WHERE v.merchant_id = %(merchant)s AND v.id = %(voucher)s
"""
_DECIDED = """
    FROM kept_scan s JOIN voucher v ON v.merchant_id = s.merchant_id AND v.id = s.voucher_id
    WHERE s.state <> 'waiting' AND s.decided_at IS NOT NULL AND v.handed_out IS NOT NULL AND NOT EXISTS (
        SELECT FROM kept_scan w WHERE w.merchant_id = s.merchant_id AND w.state = 'waiting'
            AND w.voucher_id = s.voucher_id
    )
"""
_WITH_STALE = f"SELECT id FROM merchant WHERE EXISTS (SELECT {_DECIDED} AND s.merchant_id = merchant.id)"
_STALE = f"SELECT DISTINCT v.id {_DECIDED} AND s.merchant_id = %s"


class WaitingReward(msgspec.Struct, frozen=True):
    """When it was handed out, as far as we believe it, and by whom; empty where we do not know."""

    at: datetime
    person: str


def waiting_reward_of(merchant_id: UUID, voucher_id: UUID) -> WaitingReward | None:
    """The latest hand-out of this voucher that the owner has not decided yet."""
    with merchant_reads(merchant_id) as tx:
        return tx.row(WaitingReward, _WAITING, (merchant_id, voucher_id))


def mark_handed_out(tx: Statements, voucher_id: UUID, at: datetime) -> None:
    """Of several that wait the latest is told. Goes before its scan is written, so it holds the voucher."""
    tx.write(_MARK, (at, tx.merchant_id, voucher_id))


def forget_handed_out(tx: Statements, voucher_id: UUID) -> None:
    """A scan was decided; another one of this voucher may still wait. The caller holds the voucher since before that:
    the scans are read by a statement that began when nobody else could be writing one.
    """
    tx.write(_MARK_BY_OTHERS, {"merchant": tx.merchant_id, "voucher": voucher_id})


def clear_stale_marks() -> None:
    """A release that knows no marks decides scans until it is stopped, and leaves the mark where it is."""
    for_each_merchant(merchants_where(_WITH_STALE), _clear_stale_marks_of)


def _clear_stale_marks_of(merchant_id: UUID) -> None:
    with merchant_reads(merchant_id) as tx:
        stale = tx.values(UUID, _STALE, (merchant_id,))
    for voucher_id in stale:
        with merchant_transaction(merchant_id) as tx:
            ask_to_lock_voucher(tx, voucher_id)
            forget_handed_out(tx, voucher_id)

"""A reward that was handed out without a network and waits for the owner.

It holds no voucher, so whoever hands that one out is told: the row of the voucher says since when, and this who did it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.transactions import Statements, merchant_reads

# Bounded by what waits, which has an index; so no scan that has been decided is read.
_WAITING = """
    SELECT k.happened_at AS at, coalesce(m.name, '') AS person FROM kept_scan k
    LEFT JOIN staff_member m ON m.merchant_id = k.merchant_id AND m.id = k.staff_member_id
    WHERE k.merchant_id = %s AND k.state = 'waiting' AND k.voucher_id = %s
    ORDER BY k.id DESC LIMIT 1
"""
_MARK = "UPDATE voucher SET handed_out = %s WHERE merchant_id = %s AND id = %s"
_MARK_BY_OTHERS = """
    UPDATE voucher v SET handed_out = k.at FROM (
        SELECT max(happened_at) AS at FROM kept_scan
        WHERE merchant_id = %(merchant)s AND state = 'waiting' AND voucher_id = %(voucher)s AND id <> %(decided)s
    ) k WHERE v.merchant_id = %(merchant)s AND v.id = %(voucher)s
"""


class WaitingReward(msgspec.Struct, frozen=True):
    """When it was handed out, as far as we believe it, and by whom; empty where we do not know."""

    at: datetime
    person: str


def waiting_reward_of(merchant_id: UUID, voucher_id: UUID) -> WaitingReward | None:
    """The newest hand-out of this voucher that the owner has not decided yet."""
    with merchant_reads(merchant_id) as tx:
        return tx.row(WaitingReward, _WAITING, (merchant_id, voucher_id))


def mark_handed_out(tx: Statements, voucher_id: UUID, at: datetime) -> None:
    tx.write(_MARK, (at, tx.merchant_id, voucher_id))


def forget_handed_out(tx: Statements, voucher_id: UUID, decided: UUID) -> None:
    """The scan was decided; another one of this voucher may still wait."""
    tx.write(_MARK_BY_OTHERS, {"merchant": tx.merchant_id, "voucher": voucher_id, "decided": decided})

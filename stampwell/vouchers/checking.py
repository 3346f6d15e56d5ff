"""What a customer has used alone, as staff check it: once, while the screen of its use still moves.

Whoever shows one use on two phones is known by it: the second one was checked before.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.redeeming import why_not_here
from stampwell.vouchers.rows import RedemptionRow, VoucherRow, lock_voucher

LIVE = timedelta(minutes=5)  # how long the screen of a voucher just used moves

_OWN_USE = """
    SELECT id, at FROM redemption WHERE merchant_id = %s AND voucher_id = %s AND reversal_no = %s
        AND path = 'self_redeem' AND source = 'card' AND at > %s
"""
_CHECKED = "UPDATE voucher SET checked = %s WHERE merchant_id = %s AND id = %s AND reversals = %s AND checked IS NULL"


class OwnUse(msgspec.Struct, frozen=True):
    """A redemption from the customer's phone."""

    id: UUID
    at: datetime


def is_own_use(redemption: RedemptionRow) -> bool:
    return (redemption.path, redemption.source) == ("self_redeem", "card")


def check_own_use(merchant: Merchant, voucher_id: UUID, *, actor: Actor) -> OwnUse | None:
    """Writes down that the use is checked, and gives it. None where there is nothing to check: the voucher was not used
    alone in the last minutes, or somebody has checked that use before. Of any number of callers one gets it.

    Refuses: NotFound, LocationClosed, WrongLocation.
    """
    with merchant_transaction(merchant.id) as tx:
        voucher, at = lock_voucher(tx, voucher_id), now()
        if voucher.state != "redeemed" or voucher.checked:
            return None
        use = tx.row(OwnUse, _OWN_USE, (merchant.id, voucher.id, voucher.reversals, at - LIVE))
        if use is None:
            return None
        reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
        if refusal := why_not_here(merchant, reward, actor):
            raise refusal
        _write_check(tx, voucher, at, actor)
        return use


def _write_check(tx: Statements, voucher: VoucherRow, at: datetime, actor: Actor) -> None:
    tx.write(_CHECKED, (at, tx.merchant_id, voucher.id, voucher.reversals))
    data = VoucherEvent(describe_voucher(tx, msgspec.structs.replace(voucher, checked=at), at=at))
    record(tx, "voucher.checked", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)

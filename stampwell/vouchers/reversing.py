"""Taking a redemption back."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.lasting import longer_by_days
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import ReversalFacts, VoucherFacts, describe_reversal, describe_voucher
from stampwell.vouchers.ending import remind_of
from stampwell.vouchers.refusals import RedemptionAlreadyReversed
from stampwell.vouchers.rows import (
    RedemptionRow,
    ReversalRow,
    VoucherRow,
    due_of,
    left_by_line,
    lock_voucher,
    read_redemption,
)


class ReversedFacts(msgspec.Struct, frozen=True):
    reversal: ReversalFacts
    voucher: VoucherFacts


class AgreedReversalEvent(ReversedFacts, frozen=True):
    """Where restoring needs a manager: the one who agreed to it."""

    agreed_by: str


class Reversed(msgspec.Struct, frozen=True):
    """The voucher as it is after the reversal."""

    reversal: ReversalRow
    voucher: VoucherRow
    facts: ReversedFacts


_GIVE_BACK = """
    UPDATE voucher SET state = 'ready', redeemed = NULL, revealed = NULL, checked = NULL, reserved_until = NULL,
        reservation_id = NULL, expires = %(expires)s, due = %(due)s, remind = %(remind)s,
        reversals = %(reversals)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND reversals = %(before)s
"""


def reverse_redemption(merchant: Merchant, redemption_id: UUID, *, reason: str, actor: Actor) -> Reversed:
    """Gives the voucher back with the days that it had left when it was used.

    Refuses: NotFound, RedemptionAlreadyReversed.
    """
    with merchant_transaction(merchant.id) as tx:
        redemption = read_redemption(tx, redemption_id)
        voucher = lock_voucher(tx, redemption.voucher_id)
        return return_voucher(tx, merchant, redemption, voucher, reason=reason, actor=actor)


def return_voucher(
    tx: Statements,
    merchant: Merchant,
    redemption: RedemptionRow,
    voucher: VoucherRow,
    *,
    reason: str,
    actor: Actor,
    agreed_by: UUID | None = None,
) -> Reversed:
    """As `reverse_redemption`, in the transaction of the caller, who has locked the voucher.

    `agreed_by` is the manager whose agreement was needed.
    """
    at = now()
    refuse_if_reversed(tx, redemption, voucher)
    if redemption.discount is not None:  # parts of it may have been taken back before the voucher was held
        redemption = read_redemption(tx, redemption.id)
    done = _write_reversal(tx, merchant, redemption, voucher, reason=reason, actor=actor, at=at)
    data: ReversedFacts = done.facts
    if agreed_by:
        data = AgreedReversalEvent(data.reversal, data.voucher, public_id("stf", agreed_by))
    record(tx, "voucher.reversed", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return done


def refuse_if_reversed(tx: Statements, redemption: RedemptionRow, voucher: VoucherRow) -> None:
    """Refuses: RedemptionAlreadyReversed."""
    if voucher.reversals != redemption.reversal_no:
        raise RedemptionAlreadyReversed(when=_reversed_at(tx, redemption.id))


def _reversed_at(tx: Statements, redemption_id: UUID) -> datetime:
    sql = "SELECT at FROM reversal WHERE merchant_id = %s AND redemption_id = %s"
    at = tx.value(datetime, sql, (tx.merchant_id, redemption_id))
    assert at is not None, "a voucher's reversals are counted from its reversal rows"
    return at


def _write_reversal(
    tx: Statements,
    merchant: Merchant,
    redemption: RedemptionRow,
    voucher: VoucherRow,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Reversed:
    expires = voucher.expires
    if expires:
        places = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id).location_ids
        expires = longer_by_days(clocks_of(merchant, places), expires, since=redemption.at, until=at)
    back = msgspec.structs.replace(
        voucher,
        state="ready",
        redeemed=None,
        revealed=None,
        checked=None,
        reserved_until=None,
        reservation_id=None,
        expires=expires,
        reversals=voucher.reversals + 1,
    )
    reversal = ReversalRow(
        id=new_id(),
        redemption_id=redemption.id,
        at=at,
        reason=reason,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
    moments = {"due": due_of(back), "remind": remind_of(merchant, back, at)}
    tx.write(
        _GIVE_BACK,
        msgspec.structs.asdict(back) | moments | {"merchant": tx.merchant_id, "before": voucher.reversals},
    )
    tx.insert("reversal", reversal)
    facts = ReversedFacts(
        describe_reversal(reversal, redemption, left_by_line(redemption)), describe_voucher(tx, back, at=at)
    )
    return Reversed(reversal, back, facts)

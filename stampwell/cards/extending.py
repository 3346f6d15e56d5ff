"""Giving a voucher a later end: for who was ill, or stood before a closed door."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.cards.refusals import card_ended
from stampwell.cards.rows import lock_card
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.languages.formatting import End
from stampwell.merchants.clocks import Clocks, clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.ending import remind_of
from stampwell.vouchers.redeeming import already_redeemed
from stampwell.vouchers.refusals import (
    EndNotPossible,
    ExtendedTooLate,
    VoucherNeverExpires,
    VoucherReserved,
    VoucherVoid,
)
from stampwell.vouchers.rows import VoucherRow, due_of, is_held, lock_voucher, read_voucher, state_at
from stampwell.vouchers.till_codes import give_code_again

MOST_DAYS_AHEAD = 365
# Later the customer has forgotten it, and its code may be in other hands.
DAYS_AFTER_ITS_END = 30

_EXTEND = "UPDATE voucher SET state = %s, expires = %s, due = %s, remind = %s WHERE merchant_id = %s AND id = %s"


class ExtensionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`expired_before` is the end that the voucher had until then. `reward_ends_at` is that of the reward itself, where
    the voucher may be used after it.
    """

    voucher_id: str
    at: datetime
    expired_before: datetime
    expires_at: datetime
    reason: str
    reward_ends_at: datetime | None = None


class ExtendedFacts(msgspec.Struct, frozen=True):
    extension: ExtensionFacts
    voucher: VoucherFacts


class Extended(msgspec.Struct, frozen=True):
    """The voucher as it is with its later end."""

    voucher: VoucherRow
    facts: ExtendedFacts


def extend_voucher(merchant: Merchant, voucher_id: UUID, *, until: datetime, reason: str, actor: Actor) -> Extended:
    """Lets the voucher end later, at `until`; one that ended a short while ago can be used again. It may also end after
    its reward does: whoever was ill on the last day is helped, and the facts say so.

    The card is locked, so that nobody gives anything to one that is being merged or erased.
    Refuses: NotFound, CardVoid, VoucherAlreadyRedeemed, VoucherReserved, VoucherVoid, VoucherNeverExpires,
    ExtendedTooLate, EndNotPossible.
    """
    with merchant_transaction(merchant.id) as tx:
        card, _open = lock_card(tx, read_voucher(tx, voucher_id).card_id)
        voucher = lock_voucher(tx, voucher_id)
        at = now()
        if card.state != "active" or voucher.card_id != card.id:
            raise card_ended(card.state)
        if refusal := _why_not_extend(tx, merchant, voucher, until, at):
            raise refusal
        return _extend(tx, merchant, voucher, until, reason=reason, actor=actor, at=at)


def days_to_choose(merchant: Merchant, voucher: VoucherRow, at: datetime) -> tuple[date, date] | None:
    """The first and the last day that may become the voucher's last one; None where it cannot be extended now."""
    if state_at(voucher, at) not in ("pending", "ready", "expired") and not is_held(voucher, at):
        return None
    if voucher.expires is None or _is_too_late(voucher, at):
        return None
    clocks = _clocks(merchant, voucher)
    after, last = _span(clocks, voucher, voucher.expires, at)
    if after >= last:
        return None
    first = clocks.last_day(after)
    return (first if clocks.end_of_day(first) > after else first + timedelta(days=1)), clocks.last_day(last)


def _is_too_late(voucher: VoucherRow, at: datetime) -> bool:
    return voucher.expires is not None and voucher.expires + timedelta(days=DAYS_AFTER_ITS_END) <= at


def _span(clocks: Clocks, voucher: VoucherRow, end: datetime, at: datetime) -> tuple[datetime, datetime]:
    """After which moment, and at which one at the latest, it may end instead of at `end`. One that ends more than a
    year ahead has no moment between the two.
    """
    last = clocks.end_of_day(clocks.day_at(at) + timedelta(days=MOST_DAYS_AHEAD))
    return max(at, voucher.ready, end), last


def _why_not_extend(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, until: datetime, at: datetime
) -> Refusal | None:
    match state_at(voucher, at):
        case "redeemed":
            return already_redeemed(tx, voucher)
        case "void":
            return VoucherVoid()
        case "reserved" if not is_held(voucher, at):
            return VoucherReserved()
    if voucher.expires is None:
        return VoucherNeverExpires()
    clocks = _clocks(merchant, voucher)
    if _is_too_late(voucher, at):
        return ExtendedTooLate(until=End(voucher.expires, clocks.zone_of(voucher.expires)))
    after, last = _span(clocks, voucher, voucher.expires, at)
    if not after < until <= last:
        return EndNotPossible(after=End(after, clocks.zone_of(after)), until=End(last, clocks.zone_of(last)))
    return None


def _clocks(merchant: Merchant, voucher: VoucherRow) -> Clocks:
    return clocks_of(merchant, terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id).location_ids)


def _extend(
    tx: Statements,
    merchant: Merchant,
    voucher: VoucherRow,
    until: datetime,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Extended:
    assert voucher.expires is not None, "what never ends is not extended"
    state, reward = voucher.state, terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    if state == "expired":
        state = "ready" if voucher.ready <= at and not voucher.awaits_visit else "pending"
    until = until.astimezone(UTC)  # whatever the offset in which it was asked for
    longer = replace(voucher, state=state, expires=until)
    remind = remind_of(merchant, longer, at)
    tx.write(_EXTEND, (state, until, due_of(longer), remind, tx.merchant_id, voucher.id))
    facts = ExtendedFacts(
        ExtensionFacts(
            voucher_id=public_id("vch", voucher.id),
            at=at,
            expired_before=voucher.expires,
            expires_at=until,
            reason=reason,
            reward_ends_at=reward.valid_until if reward.valid_until and reward.valid_until < until else None,
        ),
        describe_voucher(tx, longer, at=at),
    )
    record(tx, "voucher.extended", facts, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    if voucher.state == "expired":
        give_code_again(tx, merchant, longer, reward, at=at, actor=actor)
    return Extended(longer, facts)

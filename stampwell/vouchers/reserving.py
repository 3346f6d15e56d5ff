"""Holding a voucher for one purchase at a till: nobody else uses it until the purchase, or the time for it, is over."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.baskets import Basket, discount_on, why_not_this_basket, why_not_together
from stampwell.vouchers.describing import DiscountFacts, VoucherFacts, describe_voucher
from stampwell.vouchers.redeeming import already_redeemed, why_not_redeem
from stampwell.vouchers.rows import VoucherRow, held_by_nobody, is_held, lock_voucher, state_at

USUAL_SECONDS = 300
MOST_SECONDS = 3600


class ReservationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`ends_at` is when it ends by itself, if nothing ends it before. `discount` is what comes off the basket that the
    till has told; the one that is told with the redemption counts.
    """

    id: str
    voucher_id: str
    at: datetime
    ends_at: datetime
    location_id: str | None
    discount: DiscountFacts | None = None


class ReservedFacts(msgspec.Struct, frozen=True):
    reservation: ReservationFacts
    voucher: VoucherFacts


class ReleasedFacts(msgspec.Struct, frozen=True):
    reservation_id: str
    voucher: VoucherFacts


class Reserved(msgspec.Struct, frozen=True):
    """The voucher as it is while it is held."""

    voucher: VoucherRow
    facts: ReservedFacts


class Released(msgspec.Struct, frozen=True):
    """The voucher as it is when that reservation holds it no longer."""

    voucher: VoucherRow
    facts: ReleasedFacts


# The state stays as it was written: that the time is up needs nobody to write it.
_RESERVE = """
    UPDATE voucher SET reservation_id = %s, reserved_until = %s WHERE merchant_id = %s AND id = %s AND state = %s
"""


def reserve_voucher(
    merchant: Merchant, voucher_id: UUID, *, seconds: int, actor: Actor, basket: Basket | None = None
) -> Reserved:
    """Holds the voucher for whoever has the reservation's id. A voucher that ends meanwhile can still be used by it.

    Refuses as `redeem_voucher` does.
    """
    with merchant_transaction(merchant.id) as tx:
        voucher = lock_voucher(tx, voucher_id)
        at = now()
        terms = terms_of(merchant.id, voucher.version_id)
        reward = terms.reward(voucher.reward_id)
        if refusal := why_not_redeem(tx, merchant, voucher, reward, actor, at):
            raise refusal
        if refusal := why_not_this_basket(terms, reward, basket):
            raise refusal
        if refusal := why_not_together(tx, voucher.id, reward, basket):
            raise refusal
        ends = at + timedelta(seconds=seconds)
        reservation_id = new_id()
        held = replace(voucher, reservation_id=reservation_id, reserved_until=ends)
        tx.write(_RESERVE, (reservation_id, ends, tx.merchant_id, voucher.id, voucher.state))
        facts = ReservedFacts(
            ReservationFacts(
                id=public_id("rsv", reservation_id),
                voucher_id=public_id("vch", voucher.id),
                at=at,
                ends_at=ends,
                location_id=public_id("loc", actor.location_id) if actor.location_id else None,
                discount=discount_on(terms, reward, basket),
            ),
            describe_voucher(tx, held, at=at),
        )
        record(tx, "voucher.reserved", facts, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
        return Reserved(held, facts)


def release_voucher(merchant: Merchant, voucher_id: UUID, reservation_id: UUID, *, actor: Actor) -> Released:
    """Ends the reservation: everybody can use the voucher again. Where it has ended before, nothing changes.

    Refuses: NotFound, VoucherAlreadyRedeemed.
    """
    with merchant_transaction(merchant.id) as tx:
        voucher = lock_voucher(tx, voucher_id)
        at = now()
        if state_at(voucher, at) == "redeemed":
            raise already_redeemed(tx, voucher)
        is_its = voucher.reservation_id == reservation_id
        free = held_by_nobody(voucher) if is_its else voucher
        facts = ReleasedFacts(public_id("rsv", reservation_id), describe_voucher(tx, free, at=at))
        if is_its:
            tx.write(_RESERVE, (None, None, tx.merchant_id, voucher.id, voucher.state))
        if is_its and is_held(voucher, at):
            record(tx, "voucher.released", facts, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
        return Released(free, facts)

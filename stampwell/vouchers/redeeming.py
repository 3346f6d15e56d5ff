"""Using a voucher, once."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor, Entered
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.languages.formatting import End
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.hours import is_within, week_of
from stampwell.merchants.locations import places_that_count, why_closed_there
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.terms import Path, RewardTerms, terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.baskets import Basket, discount_on, why_not_this_basket, why_not_together
from stampwell.vouchers.describing import (
    DiscountFacts,
    RedemptionFacts,
    VoucherFacts,
    describe_redemption,
    describe_voucher,
)
from stampwell.vouchers.grace import is_honoured
from stampwell.vouchers.nearness import Nearness, Spot, check_place
from stampwell.vouchers.refusals import (
    ReservationOver,
    VoucherAlreadyRedeemed,
    VoucherAlreadyRedeemedAt,
    VoucherAwaitsVisit,
    VoucherExpired,
    VoucherHeld,
    VoucherNotReady,
    VoucherReserved,
    VoucherVoid,
    WrongLocation,
    WrongPath,
    WrongTime,
)
from stampwell.vouchers.rows import (
    RedemptionRow,
    VoucherRow,
    held_by_nobody,
    is_held,
    lock_voucher,
    state_at,
    used_at,
)
from stampwell.vouchers.till_codes import return_unseen_code


class RedeemedFacts(msgspec.Struct, frozen=True):
    redemption: RedemptionFacts
    voucher: VoucherFacts


class RedeemedEvent(RedeemedFacts, frozen=True, omit_defaults=True):
    """`entered` says how its card came to the counter where no code was shown, `agreed_by` which manager agreed, and
    `nearness` that the phone which used it alone was near one of the locations.
    """

    entered: Entered | None = None
    agreed_by: str | None = None
    nearness: Nearness | None = None


class Redeemed(msgspec.Struct, frozen=True):
    """The voucher as it is after the redemption."""

    redemption: RedemptionRow
    voucher: VoucherRow
    facts: RedeemedFacts


_USE = """
    UPDATE voucher SET state = 'redeemed', redeemed = %s, reserved_until = NULL, reservation_id = NULL
    WHERE merchant_id = %s AND id = %s AND state = %s AND reversals = %s AND card_id = %s
        AND reservation_id IS NOT DISTINCT FROM %s
"""


def redeem_voucher(
    merchant: Merchant,
    voucher_id: UUID,
    *,
    path: Path | None = None,
    actor: Actor,
    receipt_id: str | None = None,
    reservation: UUID | None = None,
    basket: Basket | None = None,
) -> Redeemed:
    """Uses the voucher; of any number of callers exactly one succeeds.

    `path` is self_redeem from the customer's phone and staff_scan from a station; left out, the reward's own.
    `reservation` is the one by which a till holds it, `basket` what is bought.
    Refuses: NotFound, VoucherAlreadyRedeemed, VoucherReserved, VoucherExpired, VoucherNotReady, VoucherVoid,
    WrongPath, WrongLocation, WrongTime, ReservationOver, OtherCurrency, BasketTooSmall, BasketDoesNotFit.
    """
    with merchant_transaction(merchant.id) as tx:
        voucher = lock_voucher(tx, voucher_id)
        return use_voucher(
            tx, merchant, voucher, path=path, actor=actor, receipt_id=receipt_id, reservation=reservation, basket=basket
        )


def use_voucher(
    tx: Statements,
    merchant: Merchant,
    voucher: VoucherRow,
    *,
    path: Path | None = None,
    actor: Actor,
    receipt_id: str | None = None,
    entered: Entered | None = None,
    agreed_by: UUID | None = None,
    reservation: UUID | None = None,
    basket: Basket | None = None,
    spot: Spot | None = None,
    scan_seconds: int | None = None,
) -> Redeemed:
    """As `redeem_voucher`, with a voucher that the caller has locked. `spot` is where the phone of who uses it alone
    says to be, `scan_seconds` how long ago it was scanned. Refuses also: TooFarAway, PlaceNotTold.
    """
    at = now()
    terms = terms_of(merchant.id, voucher.version_id)
    reward = terms.reward(voucher.reward_id)
    if path == "self_redeem" and reward.path != "self_redeem":
        raise WrongPath
    if refusal := why_not_redeem(tx, merchant, voucher, reward, actor, at, reservation=reservation):
        raise refusal
    if refusal := why_not_this_basket(terms, reward, basket):
        raise refusal
    if refusal := why_not_together(tx, voucher.id, reward, basket):
        raise refusal
    nearness = check_place(merchant, reward, spot) if path == "self_redeem" else None
    return write_redemption(
        tx,
        voucher,
        path=path or reward.path,
        actor=actor,
        at=at,
        receipt_id=receipt_id,
        entered=entered,
        agreed_by=agreed_by,
        discount=discount_on(terms, reward, basket),
        nearness=nearness,
        scan_seconds=scan_seconds,
    )


def use_voucher_later(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, *, actor: Actor, happened: datetime
) -> Redeemed:
    """As `use_voucher` by a scan of staff that is told later than it happened: what counts is how the voucher stood
    then, and whether anybody has used it since or a till holds it now. When a reservation began nobody knows, so one
    that is over says nothing about then.
    """
    at = now()
    if state_at(voucher, at) == "redeemed":
        raise already_redeemed(tx, voucher)
    if is_held(voucher, at):
        raise VoucherHeld(until=voucher.reserved_until)
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    if refusal := why_not_redeem(tx, merchant, held_by_nobody(voucher), reward, actor, happened):
        raise refusal
    return write_redemption(tx, voucher, path="staff_scan", actor=actor, at=happened, told_at=at)


def why_not_redeem(
    tx: Statements,
    merchant: Merchant,
    voucher: VoucherRow,
    reward: RewardTerms,
    actor: Actor,
    at: datetime,
    *,
    reservation: UUID | None = None,
) -> Refusal | None:
    """The reason why the voucher cannot be used here and now, or None.

    Who holds it by `reservation` came on the right day and at the right hour: that is not asked again.
    """
    holds = reservation is not None and reservation == voucher.reservation_id
    match state_at(voucher, at):
        case "redeemed":
            return already_redeemed(tx, voucher)
        case "reserved" if not is_held(voucher, at):
            return VoucherReserved()
        case "reserved" if not holds:
            return VoucherHeld(until=voucher.reserved_until)
        case "void":
            return VoucherVoid()
        case "expired" if not is_honoured(merchant, voucher, reward, actor, at):
            assert voucher.expires is not None, "expired means since when"
            zone = clocks_of(merchant, reward.location_ids).zone_of(voucher.expires)
            return VoucherExpired(until=End(voucher.expires, zone))
        case "pending" if voucher.awaits_visit:
            return VoucherAwaitsVisit()
        case "pending":
            return VoucherNotReady(ready=voucher.ready)
    if reservation is not None and not holds:
        return ReservationOver()
    in_time = holds and is_held(voucher, at)
    return why_not_here(merchant, reward, actor) or (None if in_time else _wrong_time(merchant, reward, actor, at))


def why_not_here(merchant: Merchant, reward: RewardTerms, actor: Actor) -> Refusal | None:
    """The reason why this reward is not handed out at this place, at any hour, or None."""
    return why_closed_there(merchant, actor.location_id) or _wrong_place(merchant, reward, actor)


def already_redeemed(tx: Statements, voucher: VoucherRow) -> Refusal:
    when = used_at(voucher)
    place = tx.value(
        str,
        "SELECT l.name FROM redemption r"
        " JOIN location l ON (l.merchant_id, l.id) = (r.merchant_id, r.location_id)"
        " WHERE r.merchant_id = %s AND r.voucher_id = %s AND r.reversal_no = %s",
        (tx.merchant_id, voucher.id, voucher.reversals),
    )
    if place:
        return VoucherAlreadyRedeemedAt(when=when, where=place)
    return VoucherAlreadyRedeemed(when=when)


# Nobody can know where these are: the customer's phone says it only where it is asked, and the owner may sit at home.
PLACELESS = {"card", "owner"}


def _wrong_place(merchant: Merchant, reward: RewardTerms, actor: Actor) -> Refusal | None:
    places = places_that_count(merchant, reward.location_ids)
    has_said_where = actor.source == "card" and actor.location_id is not None
    if not places or actor.location_id in places or (actor.source in PLACELESS and not has_said_where):
        return None
    allowed = Location.objects.filter(merchant_id=merchant.id, id__in=places).order_by("id")
    return WrongLocation(locations=sorted_by_name((location.name for location in allowed), str))


def _wrong_time(merchant: Merchant, reward: RewardTerms, actor: Actor, at: datetime) -> Refusal | None:
    if not reward.weekdays and not reward.hours:
        return None
    week = week_of(reward.weekdays, reward.hours)
    shown = clocks_of(merchant, reward.location_ids, here=actor.location_id).shown_at(at)
    return None if any(is_within(week, local) for local in shown) else WrongTime()


def write_redemption(
    tx: Statements,
    voucher: VoucherRow,
    *,
    path: Path,
    actor: Actor,
    at: datetime,
    told_at: datetime | None = None,
    receipt_id: str | None = None,
    entered: Entered | None = None,
    agreed_by: UUID | None = None,
    discount: DiscountFacts | None = None,
    nearness: Nearness | None = None,
    scan_seconds: int | None = None,
) -> Redeemed:
    """Writes the use of a voucher that the caller has locked and found usable. `told_at` is when we learn of one that
    happened before; the journal has it there, for its numbers rise with its moments.
    """
    redemption = RedemptionRow(
        id=new_id(),
        voucher_id=voucher.id,
        reversal_no=voucher.reversals,
        at=at,
        path=path,
        source=actor.source,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        receipt_id=receipt_id,
        discount=discount.amount if discount else None,
        currency=discount.currency if discount else None,
        discount_lines=discount.lines if discount else None,
        shown_code=voucher.shown_code if voucher.state == "reserved" else None,
        scan_seconds=scan_seconds,
    )
    read = (voucher.state, voucher.reversals, voucher.card_id, voucher.reservation_id)
    tx.change(_USE, (at, tx.merchant_id, voucher.id, *read))
    tx.insert("redemption", redemption)
    return_unseen_code(tx, voucher)  # of one that staff have handed out without the till
    used = msgspec.structs.replace(voucher, state="redeemed", redeemed=at, reserved_until=None, reservation_id=None)
    facts = RedeemedFacts(describe_redemption(redemption), describe_voucher(tx, used, at=at))
    manager = public_id("stf", agreed_by) if agreed_by else None
    told = RedeemedEvent(facts.redemption, facts.voucher, entered, manager, nearness)
    record(tx, "voucher.redeemed", told, at=told_at or at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return Redeemed(redemption, used, facts)

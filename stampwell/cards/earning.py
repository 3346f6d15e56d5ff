"""What a purchase earns on a card, and why it may earn nothing."""

import math
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.cards.refusals import (
    AmountNeeded,
    AmountNotUsed,
    BelowMinimumSpend,
    CoolingDown,
    DailyCapReached,
    DuplicateScan,
    OutsideHours,
    TooManyStamps,
    TooManyWithOverride,
    card_ended,
)
from stampwell.cards.rows import CardRow
from stampwell.events.actors import Actor
from stampwell.languages.formatting import Money
from stampwell.merchants.clocks import clock_at, clocks_of
from stampwell.merchants.local_time import local_day
from stampwell.merchants.locations import find_location, is_open, why_closed_there
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.terms import Terms
from stampwell.refusal import Refusal

# The same card twice within this is a shaky hand, not a second purchase; no override helps.
DUPLICATE_WINDOW = timedelta(seconds=5)
MOST_STAMPS_AT_ONCE = 100  # whatever the shop allows
DESK = "owner"  # the source of what is done at the desk


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be rewarded: a number of stamps, or an amount in minor units; neither means one visit.

    It was `promised` when the purchase was made, by a code on its receipt: where and when that was, and how much can be
    given at once, was judged then. Where a limit of the day stands in the way, the manager who is named by `agreed_by`
    has agreed to go beyond it (`protecting.py`).
    """

    count: int | None = None
    amount: int | None = None
    currency: str | None = None
    receipt_id: str | None = None
    override: bool = False
    promised: bool = False
    agreed_by: UUID | None = None


class Earned(msgspec.Struct, frozen=True):
    stamps: int
    remainder: int


def earn(remainder: int, terms: Terms, purchase: Purchase) -> Earned:
    """Stamps for the purchase; what an amount leaves over is carried to the next one."""
    if terms.amount_per_stamp and purchase.amount is not None and purchase.count is None:
        return Earned(*divmod(remainder + purchase.amount, terms.amount_per_stamp))
    return Earned(purchase.count or 1, remainder)


def why_no_stamp(
    merchant: Merchant,
    card: CardRow,
    terms: Terms,
    purchase: Purchase,
    actor: Actor,
    at: datetime,
) -> Refusal | None:
    """The reason why this purchase earns nothing on this card now, or None."""
    if card.state != "active":
        return card_ended(card.state)
    if purchase.promised:
        return (
            why_no_stamps(merchant, card.program_id, at)
            or why_wrong_amount(terms, purchase)
            or _too_many_promised(terms, purchase)
            or _too_soon(card, terms, purchase, at)
            or _over_daily_cap(merchant, card, terms, purchase, actor, at)
        )
    return (
        why_closed_there(merchant, actor.location_id)
        or why_no_stamps(merchant, card.program_id, at)
        or why_wrong_amount(terms, purchase)
        or _too_many(merchant, card, terms, purchase, actor)
        or _too_soon(card, terms, purchase, at)
        or _over_daily_cap(merchant, card, terms, purchase, actor, at)
        or _closed(merchant, terms, actor.location_id, at)
    )


def why_wrong_amount(terms: Terms, purchase: Purchase) -> Refusal | None:
    """The reason why these terms reward no purchase of this amount, or without one."""
    if purchase.currency and purchase.currency != terms.currency:
        return AmountNotUsed(currency=terms.currency)
    needs_amount = terms.earning_by == "amount" or terms.minimum_spend
    if purchase.amount is None:
        return AmountNeeded() if needs_amount and purchase.count is None else None
    if terms.minimum_spend and purchase.amount < terms.minimum_spend:
        return BelowMinimumSpend(
            minimum=Money(terms.minimum_spend, terms.currency),
            amount=Money(purchase.amount, terms.currency),
            missing=Money(terms.minimum_spend - purchase.amount, terms.currency),
        )
    return None


def _too_many(
    merchant: Merchant, card: CardRow, terms: Terms, purchase: Purchase, actor: Actor
) -> TooManyStamps | None:
    most = most_at_once(merchant, card.goal, terms, purchase, actor)
    if earn(card.remainder, terms, purchase).stamps <= most:
        return None
    return TooManyWithOverride(most=most) if purchase.override and actor.source != DESK else TooManyStamps(most=most)


def _too_many_promised(terms: Terms, purchase: Purchase) -> TooManyStamps | None:
    """Codes were made before this was looked at as one is made. What the card had left over adds nothing here: it was
    not thought of then either.
    """
    if earn(0, terms, purchase).stamps <= MOST_STAMPS_AT_ONCE:
        return None
    return TooManyStamps(most=MOST_STAMPS_AT_ONCE)


def most_at_once(merchant: Merchant, goal: int, terms: Terms, purchase: Purchase, actor: Actor) -> int:
    """A manager at the desk can put right what is beyond the limits of the shop, under their own name. `goal` is that
    of the card.
    """
    if actor.source == DESK:
        return MOST_STAMPS_AT_ONCE
    return most_by_purchase(merchant, goal, terms, purchase)


def most_by_purchase(merchant: Merchant, goal: int, terms: Terms, purchase: Purchase) -> int:
    """As many as the shop lets a purchase earn, whoever adds them."""
    most = merchant.most_stamps_with_override if purchase.override else merchant.most_stamps_at_once
    if terms.amount_per_stamp and purchase.count is None:
        # A card of a hundred small stamps fills with one large purchase, and the amount stands on a receipt.
        most = max(most, goal)
    return min(most, MOST_STAMPS_AT_ONCE)


def _too_soon(card: CardRow, terms: Terms, purchase: Purchase, at: datetime) -> Refusal | None:
    if not terms.cooldown_seconds:
        return None
    cooldown = timedelta(seconds=terms.cooldown_seconds)
    passed = since_last_stamp(card, at)
    if passed is None:
        return None
    if purchase.override:
        window = min(cooldown, DUPLICATE_WINDOW)
        return DuplicateScan(seconds=seconds_until_next(window - passed)) if passed < window else None
    return CoolingDown(seconds=seconds_until_next(cooldown - passed)) if passed < cooldown else None


def since_last_stamp(card: CardRow, at: datetime) -> timedelta | None:
    """None where no stamp is recent. One from the future was given while a clock was ahead, and blocks nobody; only the
    little by which two servers may differ counts as this moment.
    """
    if card.last_stamp is None or card.last_stamp - at > DUPLICATE_WINDOW:
        return None
    return max(at - card.last_stamp, timedelta())


def seconds_until_next(left: timedelta) -> int:
    """Whole ones: who waits for them is not sent away again."""
    return math.ceil(left.total_seconds())


def counted_day(merchant: Merchant, day_before: date | None, location_id: UUID | None, at: datetime) -> date:
    """The day that a stamp is counted to: that of the place, or the later one to which the last stamp was counted, as
    long as it is that day anywhere in the shop. Or who goes back and forth between two zones would have a new day
    each time.
    """
    today = local_day(clock_at(merchant, location_id), at)
    if day_before is None or day_before <= today or not merchant.location_zones:
        return today
    latest = max(local_day(clock, at) for clock in clocks_of(merchant).all)
    return day_before if day_before <= latest else today


def _over_daily_cap(
    merchant: Merchant, card: CardRow, terms: Terms, purchase: Purchase, actor: Actor, at: datetime
) -> Refusal | None:
    if terms.daily_cap is None:
        return None
    today = counted_day(merchant, card.stamped_day, actor.location_id, at)
    before = card.stamps_that_day if card.stamped_day == today else 0
    if before + earn(card.remainder, terms, purchase).stamps <= terms.daily_cap:
        return None
    return DailyCapReached(cap=terms.daily_cap)


def _closed(merchant: Merchant, terms: Terms, location_id: UUID | None, at: datetime) -> Refusal | None:
    if not terms.only_when_open or location_id is None:
        return None
    return None if is_open(find_location(merchant.id, location_id), at) else OutsideHours()

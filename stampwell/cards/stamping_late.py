"""A stamp for a purchase that is told later than it happened, such as that of a device without a network."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE, Purchase, earn, why_no_stamp
from stampwell.cards.past_stamps import card_at, is_stamped_close_to, stamps_around
from stampwell.cards.protecting import count_given, who_agreed
from stampwell.cards.refusals import CodeAlreadyUsed, TooManyStamps, card_ended
from stampwell.cards.rows import CardAsked, CardRow
from stampwell.cards.stamping import Stamped, is_step_used, new_stamp, write_stamp
from stampwell.clock import now
from stampwell.events.actors import Actor, Entered
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import Statements


def stamp_later(
    tx: Statements,
    merchant: Merchant,
    asked: CardAsked,
    purchase: Purchase,
    *,
    actor: Actor,
    happened: datetime,
    step: int | None = None,
    decided: bool = False,
    entered: Entered | None = None,
    why_not: Callable[[CardRow], Refusal | None] | None = None,
) -> Stamped:
    """As `stamp_asked`, for a purchase that happened before: pause and daily limit are those of that moment. Where the
    owner has `decided` that it counts, only a card that has ended refuses, and more stamps than anybody gives at once.
    `why_not` says what else holds where it was scanned; it is asked of the card as it was then.
    """
    card, vouchers = asked.rows()
    at = now()
    terms = terms_of(merchant.id, card.version_id)
    earned = earn(card.remainder, terms, purchase)
    if decided:
        if card.state != "active":
            raise card_ended(card.state)
        if earned.stamps > MOST_STAMPS_AT_ONCE:
            raise TooManyStamps(most=MOST_STAMPS_AT_ONCE)
        # No limit holds, but it is counted as all that owners and managers give: an undo takes it back.
        count_given(tx, merchant, stamps=earned.stamps, override=purchase.override, actor=actor, at=happened)
    else:
        around = stamps_around(tx, card.id, happened)
        then = card_at(merchant, card, around, actor.location_id, happened)
        if refusal := why_no_stamp(merchant, then, terms, purchase, actor, happened):
            raise refusal
        if why_not and (refusal := why_not(then)):
            raise refusal
        if step is not None and is_step_used(card, step, at=at):
            if step == card.last_step or is_stamped_close_to(around, happened):
                raise CodeAlreadyUsed
            step = None  # a later one was used since, at another visit
        who_agreed(tx, merchant, then, purchase, earned.stamps, actor, happened)
    stamp = new_stamp(card, terms, purchase, earned, actor, at=at, occurred=happened)
    stamp = msgspec.structs.replace(stamp, counted=happened)
    return write_stamp(
        tx, merchant, card, vouchers, terms, stamp, step=step, actor=actor, counts=happened, entered=entered
    )

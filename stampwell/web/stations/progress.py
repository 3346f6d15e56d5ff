"""How far a card is, as staff see it at a glance: the strip, the count, what comes next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.rows import CardRow
from stampwell.cards.stamping import Stamped
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.formatting import Money, format_near_moment
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import Terms, terms_of
from stampwell.vouchers.rows import VoucherRow, state_at

MOST_TICKETS = 10  # a panel is kept as an answer, and nobody looks through more of them


class Mark(msgspec.Struct, frozen=True):
    number: int
    filled: bool
    fresh: bool
    reward: bool


class Remainder(msgspec.Struct, frozen=True):
    spent: Money
    of: Money


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher of the card; `fresh` if it was earned just now."""

    id: str
    name: str
    state: str
    fresh: bool
    ready_at: datetime
    expires_at: datetime | None
    awaits_visit: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`left` stamps to `next_reward`; None where the round is full and the next one begins.

    `words` are those that were drawn just now instead of a reward, and `told` those that came without a draw.
    """

    card_id: str
    stamps: int
    goal: int
    marks: list[Mark]
    left: int | None
    next_reward: str
    remainder: Remainder | None
    counts_amounts: bool
    tickets: list[Ticket]
    words: list[str]
    told: list[str]


def see_progress(
    merchant: Merchant, card: CardRow, vouchers: Sequence[VoucherRow], *, at: datetime, stamped: Stamped | None = None
) -> Progress:
    """The card after a stamp, or as it is. A card that has just filled its round shows the full round."""
    terms, stamps, fresh = terms_of(merchant.id, card.version_id), card.stamps, 0
    if stamped:
        fresh = stamped.stamp.count
        if stamped.filled and stamps == 0:
            terms = stamped.filled
            stamps = terms.goal
    coming = next((milestone for milestone in terms.milestones if milestone.stamps > stamps), None)
    return Progress(
        card_id=public_id("crd", card.id),
        stamps=stamps,
        goal=terms.goal,
        marks=_marks(terms, stamps, fresh),
        left=coming.stamps - stamps if coming else None,
        next_reward=reward_name(terms, coming.reward) if coming else "",
        remainder=_remainder(merchant, card),
        counts_amounts=terms.earning_by == "amount" or terms.minimum_spend is not None,
        tickets=_tickets(merchant, vouchers, {voucher.id for voucher in stamped.issued} if stamped else set(), at),
        words=_words(stamped, terms.locale) if stamped else [],
        told=[reward_name(one.terms, one.reward) for one in stamped.words] if stamped else [],
    )


def name_reward(merchant: Merchant, voucher: VoucherRow) -> str:
    terms = terms_of(merchant.id, voucher.version_id)
    return reward_name(terms, terms.reward(voucher.reward_id))


def say_handed_out(at: datetime, zone: ZoneInfo) -> str:
    """Of a voucher whose hand-out without a network waits for the owner."""
    when = format_near_moment(at, zone, now=now())
    return _("Already handed out without a connection: %(when)s. The owner has not decided about it yet.") % {
        "when": when
    }


def _words(stamped: Stamped, locale: str) -> list[str]:
    names = (draw.prize.name for draw in stamped.facts.draws if draw.prize.kind == "words")
    return [name if isinstance(name, str) else text_in(name, active_locale(), locale) for name in names]


def _marks(terms: Terms, stamps: int, fresh: int) -> list[Mark]:
    rewards = {milestone.stamps for milestone in terms.milestones}
    return [
        Mark(number, number <= stamps, stamps - fresh < number <= stamps, number in rewards)
        for number in range(1, terms.goal + 1)
    ]


def _remainder(merchant: Merchant, card: CardRow) -> Remainder | None:
    terms = terms_of(merchant.id, card.version_id)
    if not terms.amount_per_stamp:
        return None
    return Remainder(Money(card.remainder, terms.currency), Money(terms.amount_per_stamp, terms.currency))


def _tickets(merchant: Merchant, vouchers: Sequence[VoucherRow], fresh: set[UUID], at: datetime) -> list[Ticket]:
    """What may be handed out now first, what was earned just now before what waited; used codes at the till last."""
    tickets = [
        Ticket(
            id=public_id("vch", voucher.id),
            name=name_reward(merchant, voucher),
            state=state_at(voucher, at),
            fresh=voucher.id in fresh,
            ready_at=voucher.ready,
            expires_at=voucher.expires,
            awaits_visit=voucher.awaits_visit,
        )
        for voucher in vouchers
    ]
    shown = [ticket for ticket in tickets if ticket.state == "ready" or ticket.fresh]
    first = sorted(shown, key=lambda ticket: (ticket.state != "ready", not ticket.fresh, ticket.ready_at))
    return first[:MOST_TICKETS]

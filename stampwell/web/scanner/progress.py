"""How far a card is, as staff see it at a glance: the strip, the count, what comes next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, RemainderFacts, StampFacts
from stampwell.cards.models import Card, CompletedRound
from stampwell.ids import private_id
from stampwell.languages.formatting import Money
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import MilestoneTerms, Terms, terms_of
from stampwell.vouchers.describing import VoucherFacts


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


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`left` stamps to `next_reward`; None where the round is full and the next one begins."""

    card_id: str
    stamps: int
    goal: int
    marks: list[Mark]
    left: int | None
    next_reward: str
    remainder: Remainder | None
    counts_amounts: bool
    tickets: list[Ticket]


def see_progress(
    merchant: Merchant,
    card: CardFacts,
    terms: Terms,
    *,
    stamp: StampFacts | None = None,
    issued: Sequence[VoucherFacts] = (),
) -> Progress:
    """The card after `stamp`. One that filled its round shows that round full, not the empty one that follows."""
    stamps, goal = card.stamps, card.goal
    if stamp and stamp.round < card.round and stamps == 0:
        terms = _completed_terms(merchant, card)
        stamps = goal = terms.goal
    coming = next((milestone for milestone in terms.milestones if milestone.stamps > stamps), None)
    return Progress(
        card_id=card.id,
        stamps=stamps,
        goal=goal,
        marks=_marks(terms, stamps, stamp.count if stamp else 0),
        left=coming.stamps - stamps if coming else None,
        next_reward=_name(merchant, coming) if coming else "",
        remainder=_remainder(card.remainder),
        counts_amounts=terms.earning_by == "amount" or terms.minimum_spend is not None,
        tickets=_tickets(merchant, card, {voucher.id for voucher in issued}),
    )


def find_terms(merchant: Merchant, card: CardFacts) -> Terms:
    """The terms of the card's present round."""
    versions = Card.objects.filter(merchant=merchant, id=_private_id(card))
    return terms_of(merchant.id, versions.values_list("version_id", flat=True).get())


def name_reward(merchant: Merchant, voucher: VoucherFacts) -> str:
    given = voucher.reward.name
    return given if isinstance(given, str) else text_in(given, active_locale(), merchant.locale)


def _private_id(card: CardFacts) -> UUID:
    card_id = private_id("crd", card.id)
    assert card_id is not None, "facts carry the id that we gave them"
    return card_id


def _completed_terms(merchant: Merchant, card: CardFacts) -> Terms:
    done = CompletedRound.objects.filter(
        merchant=merchant, card_id=_private_id(card), round=card.round - 1, reopened__isnull=True
    )
    version_id: UUID = done.values_list("version_id", flat=True).get()
    return terms_of(merchant.id, version_id)


def _marks(terms: Terms, stamps: int, fresh: int) -> list[Mark]:
    rewards = {milestone.stamps for milestone in terms.milestones}
    return [
        Mark(number, number <= stamps, stamps - fresh < number <= stamps, number in rewards)
        for number in range(1, terms.goal + 1)
    ]


def _name(merchant: Merchant, milestone: MilestoneTerms) -> str:
    return text_in(milestone.reward.name, active_locale(), merchant.locale)


def _remainder(facts: RemainderFacts | None) -> Remainder | None:
    return Remainder(Money(facts.amount, facts.currency), Money(facts.of, facts.currency)) if facts else None


def _tickets(merchant: Merchant, card: CardFacts, fresh: set[str]) -> list[Ticket]:
    """What may be handed out now first, what was earned just now before what waited; used codes at the till last."""
    tickets = [
        Ticket(
            id=voucher.id,
            name=name_reward(merchant, voucher),
            state=voucher.state,
            fresh=voucher.id in fresh,
            ready_at=voucher.ready_at,
            expires_at=voucher.expires_at,
        )
        for voucher in card.vouchers
        if voucher.state == "ready" or voucher.id in fresh
    ]
    return sorted(tickets, key=lambda ticket: (ticket.state != "ready", not ticket.fresh, ticket.ready_at))

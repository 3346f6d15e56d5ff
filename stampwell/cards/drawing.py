"""What a card gets where a draw stands at its milestone: one of the prizes, by lot."""

from datetime import date, datetime
from itertools import count
from uuid import UUID

import msgspec

from stampwell.cards.rounds import Reached
from stampwell.cards.rows import CardRow
from stampwell.draws.drawing import FirstRow, Ticket, draw_prize, tickets_of_round
from stampwell.draws.prizes import Why
from stampwell.draws.rows import NewDrawRow
from stampwell.ids import public_id
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import reward_key
from stampwell.programs.describing import as_given
from stampwell.programs.draw_tables import prizes_of
from stampwell.programs.terms import PrizeKind, PrizeTerms, RewardTerms, terms_of
from stampwell.transactions import Statements


class PrizeGivenFacts(msgspec.Struct, frozen=True):
    id: str
    kind: PrizeKind
    name: str | dict[str, str]


class DrawFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`reward_id` is the draw as the program shows it. `why` says why `prize` is the last one and not the drawn one.

    `voucher_id` is null where the prize is words alone.
    """

    id: str
    number: int
    program_id: str
    card_id: str
    round: int
    stamps: int
    reward_id: str
    value: int
    prize: PrizeGivenFacts
    why: Why
    voucher_id: str | None
    repeats: int | None


class DrawEvent(msgspec.Struct, frozen=True):
    draw: DrawFacts


class Outcome(msgspec.Struct, frozen=True):
    """What to give; `drawn` is None where the card gets the last prize without a draw, by the age."""

    prize: PrizeTerms
    drawn: NewDrawRow | None


def draw_for(
    tx: Statements, merchant: Merchant, card: CardRow, reached: Reached, *, at: datetime, departed: CardRow | None
) -> Outcome:
    """`departed` is the card whose stamps came over with these, if any: what it drew for before is not drawn anew."""
    terms, draw = reached.terms, reached.milestone.reward
    today = local_day(merchant, at)
    if draw.minimum_age and not _is_of_age(tx, card, draw.minimum_age, today):
        return Outcome(draw.prizes[-1], None)
    drawn = draw_prize(tx, _ticket_for(tx, card, reached, departed), prizes_of(terms, draw), at=at, day=today)
    return Outcome(draw.prizes[drawn.given], drawn)


def _ticket_for(tx: Statements, card: CardRow, reached: Reached, departed: CardRow | None) -> Ticket:
    """The same as before where this draw was taken back in this round, also where other terms have moved it since: of
    several the first, for milestones are reached in their order. So nobody draws anew for what was earned once, and
    nobody who merges two cards, takes that back and merges them the other way round.
    """
    tickets = tickets_of_round(tx, card.id, reached.round)
    theirs = tickets_of_round(tx, departed.id, departed.round) if departed else []
    key = reward_key(reached.terms, reached.milestone.reward)
    known = (one for one in [*tickets, *theirs] if not one.stands and _key_of(tx.merchant_id, one) == key)
    first = next(known, None)
    taken = {one.stamps for one in tickets}
    return Ticket(
        program_id=reached.terms.program_id,
        reward_id=reached.milestone.reward.id,
        card_id=first.card_id if first else card.id,
        round=first.round if first else reached.round,
        stamps=first.stamps if first else next(one for one in count(reached.milestone.stamps) if one not in taken),
        first=first,
    )


def _key_of(merchant_id: UUID, first: FirstRow) -> str:
    terms = terms_of(merchant_id, first.version_id)
    return reward_key(terms, terms.reward(first.reward_id))


def describe_draw(drawn: NewDrawRow, prize: PrizeTerms, locale: str, voucher_id: UUID | None) -> DrawFacts:
    return DrawFacts(
        id=public_id("drw", drawn.id),
        number=drawn.number,
        program_id=public_id("prg", drawn.program_id),
        card_id=public_id("crd", drawn.card_id),
        round=drawn.round,
        stamps=drawn.stamps,
        reward_id=public_id("rwd", drawn.reward_id),
        value=drawn.value,
        prize=describe_prize(prize.reward, prize.kind, locale),
        why=drawn.why,
        voucher_id=public_id("vch", voucher_id) if voucher_id else None,
        repeats=drawn.repeats,
    )


def describe_prize(reward: RewardTerms, kind: PrizeKind, locale: str) -> PrizeGivenFacts:
    return PrizeGivenFacts(public_id("rwd", reward.id), kind, as_given(reward.name, locale))


def _is_of_age(tx: Statements, card: CardRow, age: int, today: date) -> bool:
    """On the birthday itself, and on 1 March for whoever was born on 29 February."""
    sql = "SELECT birthday FROM customer WHERE merchant_id = %s AND id = %s"
    born = tx.value(date, sql, (tx.merchant_id, card.customer_id))
    return born is not None and (born.year + age, born.month, born.day) <= (today.year, today.month, today.day)

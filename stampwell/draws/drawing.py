"""Drawing a prize for a milestone that a card has reached, and taking a draw back."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.draws.chains import hold_chain, hold_latest_chain, move_on, seed_of_day
from stampwell.draws.prizes import Given, TablePrize, place_of, why_not_given
from stampwell.draws.rows import NewDrawRow
from stampwell.draws.seeds import draw_value
from stampwell.ids import public_id
from stampwell.transactions import Statements


class FirstRow(msgspec.Struct, frozen=True):
    """What was first drawn for a ticket, and whether something of it stands: else it can be drawn for again."""

    number: int
    value: int
    seed_day: date
    card_id: UUID
    round: int
    stamps: int
    reward_id: UUID
    version_id: UUID
    stands: bool


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn for: a draw that this round of a card has earned. `stamps` are those at which it was earned first,
    or the next number that is free: its value goes by them, wherever other terms move the draw. Where stamps came over
    from another card, it may be that card's.
    """

    program_id: UUID
    reward_id: UUID
    card_id: UUID
    round: int
    stamps: int
    first: FirstRow | None


_TICKETS = """
    SELECT DISTINCT ON (d.stamps) d.number, d.value, d.seed_day, d.card_id, d.round, d.stamps, d.reward_id,
        w.version_id, bool_or(d.taken_back_after IS NULL) OVER (PARTITION BY d.stamps) AS stands
    FROM draw d JOIN reward w ON (w.merchant_id, w.id) = (d.merchant_id, d.reward_id)
    WHERE d.merchant_id = %s AND d.card_id = %s AND d.round = %s ORDER BY d.stamps, d.number
"""
_STANDING = """
    SELECT 1 FROM draw WHERE merchant_id = %s AND program_id = %s AND known_as = %s AND taken_back_after IS NULL
"""
# Whoever draws holds up all others of the program: nobody counts on where nothing is left.
_TODAY = f"SELECT count(*) FROM ({_STANDING} AND day = %s LIMIT %s) given"
_EVER = f"SELECT count(*) FROM ({_STANDING} LIMIT %s) given"
_TAKE_BACK = "UPDATE draw SET taken_back_after = %s WHERE merchant_id = %s AND id = %s AND taken_back_after IS NULL"


def tickets_of_round(tx: Statements, card_id: UUID, round: int) -> list[FirstRow]:
    """In the order of their stamps, of a card that the caller holds."""
    return tx.rows(FirstRow, _TICKETS, (tx.merchant_id, card_id, round))


def draw_prize(tx: Statements, ticket: Ticket, prizes: Sequence[TablePrize], *, at: datetime, day: date) -> NewDrawRow:
    """Which of the prizes it gives; `day` is that of the shop's clock. Waits for whoever draws in this program now.

    The caller gives the prize and writes the row, with its voucher if it gives one: `write_draw`.
    """
    chain, today = hold_chain(tx, ticket.program_id, at=at)
    first = ticket.first
    seed_day = first.seed_day if first else today
    value = first.value if first else _value_of(ticket, seed_of_day(chain, seed_day))
    chain = move_on(tx, chain, day)
    place = place_of(value, prizes)
    why = why_not_given(prizes[place], _given(tx, ticket.program_id, prizes[place], chain.last_day))
    given = len(prizes) - 1 if why else place
    return NewDrawRow(
        id=new_id(),
        program_id=ticket.program_id,
        number=chain.drawn,
        at=at,
        day=chain.last_day,
        reward_id=ticket.reward_id,
        card_id=ticket.card_id,
        round=ticket.round,
        stamps=ticket.stamps,
        seed_day=seed_day,
        value=value,
        drawn=place,
        given=given,
        known_as=prizes[given].known_as,
        why=why,
        repeats=first.number if first else None,
    )


def write_draw(tx: Statements, row: NewDrawRow, voucher_id: UUID | None) -> None:
    tx.insert("draw", row, voucher_id=voucher_id)


def take_back_draw(tx: Statements, program_id: UUID, draw_id: UUID) -> None:
    """From the next draw on its prize is among the others again."""
    latest = hold_latest_chain(tx, program_id)
    tx.write(_TAKE_BACK, (latest.drawn, tx.merchant_id, draw_id))


def take_back_draw_of(tx: Statements, program_id: UUID, voucher_id: UUID) -> None:
    """The draw that gave this voucher, which was withdrawn. A prize that was given by hand is of no draw."""
    draw_id = tx.value(
        UUID, "SELECT id FROM draw WHERE merchant_id = %s AND voucher_id = %s", (tx.merchant_id, voucher_id)
    )
    if draw_id:
        take_back_draw(tx, program_id, draw_id)


def _value_of(ticket: Ticket, seed: bytes) -> int:
    return draw_value(seed, public_id("crd", ticket.card_id), ticket.round, ticket.stamps)


def _given(tx: Statements, program_id: UUID, prize: TablePrize, day: date) -> Given:
    """Counted as far as the limits of the prize."""
    if prize.stock is None and prize.most_a_day is None:
        return Given()
    which = (tx.merchant_id, program_id, prize.known_as)
    today = tx.value(int, _TODAY, (*which, day, prize.most_a_day)) if prize.most_a_day else None
    ever = tx.value(int, _EVER, (*which, prize.stock)) if prize.stock else None
    return Given(today or 0, ever or 0)

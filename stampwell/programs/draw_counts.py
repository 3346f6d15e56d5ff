"""What was drawn in a program, against what its odds say, and what is left of its prizes."""

from datetime import date
from uuid import UUID

import msgspec

from stampwell.programs.draw_tables import prizes_of
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.transactions import Statements

# A milestone that is reached again has the value that it had: chance spoke once.
_DRAWN = """
    SELECT drawn AS place, count(*) AS times FROM draw
    WHERE merchant_id = %s AND program_id = %s AND reward_id = %s AND repeats IS NULL GROUP BY drawn
"""
_GIVEN = """
    SELECT known_as, count(*) AS ever, count(*) FILTER (WHERE day = %s) AS today FROM draw
    WHERE merchant_id = %s AND program_id = %s AND taken_back_after IS NULL GROUP BY known_as
"""
_MONTHS = """
    SELECT date_trunc('month', day)::date AS first, count(*) AS draws FROM draw
    WHERE merchant_id = %s AND program_id = %s GROUP BY 1 ORDER BY 1 DESC
"""


class _DrawnRow(msgspec.Struct, frozen=True):
    place: int
    times: int


class _GivenRow(msgspec.Struct, frozen=True):
    known_as: str
    ever: int
    today: int


class PrizeCount(msgspec.Struct, frozen=True):
    """`left` is of the stock and `left_today` of the limit of the day; None where there is none."""

    drawn: int
    left: int | None
    left_today: int | None


class MonthCount(msgspec.Struct, frozen=True):
    first: date
    draws: int


def count_prizes(tx: Statements, terms: Terms, draw: RewardTerms, *, today: date) -> list[PrizeCount]:
    """Of each prize in its place; `today` is the day by the shop's clock."""
    program = (tx.merchant_id, terms.program_id)
    drawn = {row.place: row.times for row in tx.rows(_DrawnRow, _DRAWN, (*program, draw.id))}
    given = {row.known_as: row for row in tx.rows(_GivenRow, _GIVEN, (today, *program))}
    nothing = _GivenRow("", 0, 0)
    return [
        PrizeCount(
            drawn=drawn.get(place, 0),
            left=_left(prize.stock, given.get(prize.known_as, nothing).ever),
            left_today=_left(prize.most_a_day, given.get(prize.known_as, nothing).today),
        )
        for place, prize in enumerate(prizes_of(terms, draw))
    ]


def count_months(tx: Statements, program_id: UUID) -> list[MonthCount]:
    """The latest first, by the shop's clock."""
    return tx.rows(MonthCount, _MONTHS, (tx.merchant_id, program_id))


def _left(most: int | None, given: int) -> int | None:
    return None if most is None else max(most - given, 0)

"""What was drawn in a program, against what its odds say, and what is left of its prizes."""

from datetime import date
from uuid import UUID

import msgspec

from stampwell.draws.prizes import TablePrize
from stampwell.draws.tallying import Tally
from stampwell.programs.draw_tables import prizes_of
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.transactions import Statements

# No more of a prize stand on a day than its limit, and only those that have one are asked for.
_TODAY = """
    SELECT known_as, count(*) AS times FROM draw
    WHERE merchant_id = %s AND program_id = %s AND known_as = ANY(%s) AND day = %s AND taken_back_after IS NULL
    GROUP BY known_as
"""


class _TodayRow(msgspec.Struct, frozen=True):
    known_as: str
    times: int


class PrizeCount(msgspec.Struct, frozen=True):
    """`left` is of the stock and `left_today` of the limit of the day; None where there is none."""

    drawn: int
    left: int | None
    left_today: int | None


class MonthCount(msgspec.Struct, frozen=True):
    first: date
    draws: int


def count_prizes(tx: Statements, terms: Terms, draw: RewardTerms, tally: Tally, *, today: date) -> list[PrizeCount]:
    """Of each prize in its place; `today` is the day by the shop's clock."""
    drawn, prizes = tally.drawn_of(draw.id), prizes_of(terms, draw)
    given_today = _given_today(tx, terms.program_id, prizes, today)
    return [
        PrizeCount(
            drawn=drawn.get(place, 0),
            left=_left(prize.stock, tally.given.get(prize.known_as, 0)),
            left_today=_left(prize.most_a_day, given_today.get(prize.known_as, 0)),
        )
        for place, prize in enumerate(prizes)
    ]


def count_months(tally: Tally) -> list[MonthCount]:
    """The latest first, by the shop's clock."""
    return [MonthCount(first, draws) for first, draws in sorted(tally.months.items(), reverse=True)]


def _given_today(tx: Statements, program_id: UUID, prizes: list[TablePrize], today: date) -> dict[str, int]:
    limited = [prize.known_as for prize in prizes if prize.most_a_day is not None]
    if not limited:
        return {}
    rows = tx.rows(_TodayRow, _TODAY, (tx.merchant_id, program_id, limited, today))
    return {row.known_as: row.times for row in rows}


def _left(most: int | None, given: int) -> int | None:
    return None if most is None else max(most - given, 0)

"""Reading how customers come and go: what the lives of the cards add up to in some days, and where they stand now.

`program` narrows it to one; None is all of them. Nothing here reads a card or an event: a question costs by days.
"""

from datetime import date
from uuid import UUID

import msgspec

from stampwell.insight.card_figures import STEPS, WEEKS
from stampwell.transactions import Statements


class Visitors(msgspec.Struct, frozen=True):
    """Cards that were stamped in some days, each once. `first` came for the first time, the others had been there."""

    first: int
    all: int

    @property
    def returning(self) -> int:
        return self.all - self.first


class Cohort(msgspec.Struct, frozen=True):
    """The cards that were given out in the month, and how many of them were stamped so many weeks later, or after."""

    month: date
    joined: int
    still_came: dict[int, int]


class Standing(msgspec.Struct, frozen=True):
    """Active cards by the stamps that they have to go; stamps on them by their goal; rewards that are not used yet."""

    to_go: dict[int, int]
    collected: dict[int, int]
    ready: int
    pending: int


class RefusedHand(msgspec.Struct, frozen=True):
    """How often scans of a person or at a location were refused. None is what happened without one."""

    by_location: bool
    of: UUID | None
    name: str | None
    times: int


class InUse(msgspec.Struct, frozen=True):
    """Active cards of a program, and the rewards on them that can be used now."""

    program_id: UUID
    cards: int
    ready: int


class _StepRow(msgspec.Struct, frozen=True):
    figure: str
    times: int


class _NumberRow(msgspec.Struct, frozen=True):
    figure: str
    number: int
    times: int


class _CohortRow(msgspec.Struct, frozen=True):
    month: date
    number: int
    times: int


class _ReasonRow(msgspec.Struct, frozen=True):
    reason: str
    times: int


_OF = "merchant_id = %(merchant)s AND (%(program)s::uuid IS NULL OR program_id = %(program)s)"
_STEPS = f"""
    SELECT figure, sum(times)::bigint AS times FROM card_figure
    WHERE {_OF} AND figure IN ('joined', 'saved', 'came', 'came_again', 'filled', 'rewarded')
        AND day BETWEEN %(first)s AND %(last)s GROUP BY 1
"""
_VISITORS = f"""
    SELECT coalesce(sum(times) FILTER (WHERE number = 0), 0)::bigint AS first, coalesce(sum(times), 0)::bigint AS "all"
    FROM (
        SELECT number, times FROM card_figure
        WHERE {_OF} AND figure = 'visit' AND day BETWEEN %(days_from)s AND %(last)s
            AND (number = 0 OR number > day - %(first)s)
        UNION ALL
        SELECT number, times FROM card_figure
        WHERE {_OF} AND figure = 'month' AND day >= %(first)s AND day < %(days_from)s
            AND (number = 0 OR number >= extract(month FROM day))
    ) visit
"""
_WAITED = f"""
    SELECT figure, number, sum(times)::bigint AS times FROM card_figure
    WHERE {_OF} AND figure = 'waited' AND day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2 HAVING sum(times) > 0
    ORDER BY 2
"""
_STANDING = f"""
    SELECT figure, number, sum(times)::bigint AS times FROM card_figure
    WHERE {_OF} AND figure IN ('to_go', 'collected', 'open') AND day IS NULL GROUP BY 1, 2 HAVING sum(times) > 0
    ORDER BY 2
"""
_IN_USE = """
    SELECT program_id, coalesce(sum(times) FILTER (WHERE figure = 'to_go'), 0)::int AS cards,
        coalesce(sum(times) FILTER (WHERE figure = 'open'), 0)::int AS ready
    FROM card_figure
    WHERE merchant_id = %s AND day IS NULL AND (figure = 'to_go' OR figure = 'open' AND number = 0) GROUP BY 1
"""
_COHORTS = f"""
    SELECT date_trunc('month', day)::date AS month, number, sum(times)::bigint AS times FROM card_figure
    WHERE {_OF} AND figure IN ('joined', 'still_came') AND day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
    ORDER BY 1 DESC
"""
_REASONS = f"""
    SELECT reason, sum(times)::bigint AS times FROM refusal_total
    WHERE {_OF} AND day BETWEEN %(first)s AND %(last)s GROUP BY 1 ORDER BY 2 DESC, 1
"""


_REFUSED_HANDS = f"""
    SELECT by_location, of, coalesce(l.name, p.name) AS name, times FROM (
        SELECT grouping(staff_member_id) = 1 AS by_location, coalesce(staff_member_id, location_id) AS of,
            sum(times)::bigint AS times
        FROM (
            SELECT staff_member_id, location_id, times FROM daily_total
            WHERE {_OF} AND type = 'scan.refused' AND day BETWEEN %(days_from)s AND %(last)s
            UNION ALL
            SELECT staff_member_id, location_id, times FROM monthly_total
            WHERE {_OF} AND type = 'scan.refused' AND day >= %(first)s AND day < %(days_from)s
        ) refusal
        GROUP BY GROUPING SETS ((staff_member_id), (location_id))
    ) refused
    LEFT JOIN location l ON l.merchant_id = %(merchant)s AND l.id = of AND by_location
    LEFT JOIN staff_member p ON p.merchant_id = %(merchant)s AND p.id = of AND NOT by_location
    ORDER BY times DESC, of
"""


def count_steps(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> dict[str, int]:
    """How far the cards came that were given in these days, by step."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    counted = {row.figure: row.times for row in tx.rows(_StepRow, _STEPS, facts)}
    return {step: counted.get(step, 0) for step in STEPS}


def count_visitors(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> Visitors:
    """Of more than a month, `first` is the first day of a year: its whole months are read as months."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    return tx.row(Visitors, _VISITORS, facts | {"days_from": _days_from(first, last)}) or Visitors(0, 0)


def count_waiting(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> dict[int, int]:
    """Rewards handed out in these days, by the days that they had been ready."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    return {row.number: row.times for row in tx.rows(_NumberRow, _WAITED, facts)}


def count_cohorts(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> list[Cohort]:
    """By the month in which the cards were given out, the latest first; a month without any is left out."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    found: dict[date, dict[int, int]] = {}
    for row in tx.rows(_CohortRow, _COHORTS, facts):
        found.setdefault(row.month, {})[row.number] = row.times
    return [
        Cohort(month, joined, {weeks: numbers.get(weeks, 0) for weeks in WEEKS})
        for month, numbers in found.items()
        if (joined := numbers.get(0, 0))
    ]


def count_standing(tx: Statements, *, program: UUID | None = None) -> Standing:
    rows = tx.rows(_NumberRow, _STANDING, {"merchant": tx.merchant_id, "program": program})
    open_ones = {row.number: row.times for row in rows if row.figure == "open"}
    return Standing(
        to_go={row.number: row.times for row in rows if row.figure == "to_go"},
        collected={row.number: row.times for row in rows if row.figure == "collected"},
        ready=open_ones.get(0, 0),
        pending=open_ones.get(1, 0),
    )


def count_in_use(tx: Statements) -> list[InUse]:
    """Of each program that has ever had a card."""
    return tx.rows(InUse, _IN_USE, (tx.merchant_id,))


def count_refusals(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> dict[str, int]:
    """By the code of the refusal, the most frequent first."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    return {row.reason: row.times for row in tx.rows(_ReasonRow, _REASONS, facts)}


def count_refusing_hands(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> list[RefusedHand]:
    """By who scanned and by where, the most frequent first; months as in `count_visitors`."""
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last}
    return tx.rows(RefusedHand, _REFUSED_HANDS, facts | {"days_from": _days_from(first, last)})


def _days_from(first: date, last: date) -> date:
    """From here on days are read, before it whole months."""
    return last.replace(day=1) if (last - first).days > 31 else first

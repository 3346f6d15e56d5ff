"""Reading what is kept: figures of days and hours, as a page shows them.

What was taken back is taken off, in the hour of the undoing. Nothing here reads an event: a question costs by its
days, and by the people, places and programs of the shop, however much happened.

Who begins with asking gets what reads the answer: of several, all questions go in one packet.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.insight.daily_totals import WITHOUT_VOUCHER
from stampwell.transactions import Statements, ask_each_node, ask_rows

type Weekday = int  # Monday is 0
type Unit = Literal["day", "month"]


class Counts(msgspec.Struct):
    """How much of each there was."""

    stamps: int = 0
    earned: int = 0
    handed_out: int = 0
    cards: int = 0
    without_voucher: int = 0  # handed out as well, by a decision; no line of the journal says that a voucher was used

    def add(self, kind: "_Counted") -> None:
        self.stamps += kind.stamps
        match kind.type:
            case "card.issued":
                self.cards += kind.times
            case "voucher.issued":
                self.earned += kind.times
            case "voucher.redeemed":
                self.handed_out += kind.times
            case "voucher.reversed":
                self.handed_out -= kind.times
            case _ if kind.type == WITHOUT_VOUCHER:
                self.without_voucher += kind.times


class Hands(msgspec.Struct, frozen=True):
    """Who did it, where, and for which program; None is what happened without one."""

    people: dict[UUID | None, Counts]
    locations: dict[UUID | None, Counts]
    programs: dict[UUID | None, Counts]


class _Counted(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    times: int
    stamps: int


class _DayRow(_Counted, frozen=True, kw_only=True):
    start: date


class _HourRow(_Counted, frozen=True, kw_only=True):
    day: date
    hour: int


class _HandRow(_Counted, frozen=True, kw_only=True):
    grouped: int
    person: UUID | None
    location: UUID | None
    program: UUID | None


class _ShopRow(_DayRow, frozen=True, kw_only=True):
    merchant: UUID


class _ProgramRow(_Counted, frozen=True, kw_only=True):
    program_id: UUID | None


class _WeekRow(msgspec.Struct, frozen=True):
    program_id: UUID | None
    ago: int
    stamps: int


class _BusyRow(msgspec.Struct, frozen=True):
    weekday: int
    hour: int
    times: int


_TYPES = (
    "type IN ('card.issued', 'stamp.added', 'stamp.reversed', 'voucher.issued', 'voucher.redeemed', 'voucher.reversed',"
    f" '{WITHOUT_VOUCHER}')"
)
_SUMS = "sum(times)::int AS times, sum(stamps)::int AS stamps"
_BY_DAY = f"""
    SELECT day AS start, type, {_SUMS} FROM daily_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN %(first)s AND %(last)s AND {_TYPES} GROUP BY 1, 2
"""
# Shops of one person, each with its own day: their clocks show two or three days at once.
_SHOPS = f"""
    SELECT merchant_id AS merchant, day AS start, type, {_SUMS} FROM daily_total
    WHERE merchant_id = ANY(%(merchants)s) AND day BETWEEN %(first)s AND %(last)s AND {_TYPES} GROUP BY 1, 2, 3
"""
# Of the last month only the days until the last one count, so it is added up from its days.
_COLUMNS = "day, type, location_id, staff_member_id, program_id, times, stamps"
_MONTHS = f"""(
    SELECT {_COLUMNS} FROM monthly_total
    WHERE merchant_id = %(merchant)s AND day >= %(first)s AND day < date_trunc('month', %(last)s::date) AND {_TYPES}
    UNION ALL
    SELECT {_COLUMNS} FROM daily_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN date_trunc('month', %(last)s::date) AND %(last)s AND {_TYPES}
) month"""
_DAYS = f"""(
    SELECT {_COLUMNS} FROM daily_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN %(first)s AND %(last)s AND {_TYPES}
) day"""
_BY_MONTH = f"SELECT date_trunc('month', day)::date AS start, type, {_SUMS} FROM {_MONTHS} GROUP BY 1, 2"
_BY_HOUR = f"""
    SELECT day, hour, type, times, stamps FROM hourly_total
    WHERE merchant_id = %(merchant)s AND day = ANY(%(days)s) AND {_TYPES}
"""
_HANDS = f"""
    SELECT grouping(staff_member_id, location_id, program_id) AS grouped,
           staff_member_id AS person, location_id AS location, program_id AS program, type, {_SUMS}
"""
_GROUPED = "GROUP BY GROUPING SETS ((type, staff_member_id), (type, location_id), (type, program_id))"
_HANDS_BY_DAY = f"{_HANDS} FROM {_DAYS} {_GROUPED}"
_HANDS_BY_MONTH = f"{_HANDS} FROM {_MONTHS} {_GROUPED}"
_PROGRAMS_BY_DAY = f"SELECT program_id, type, {_SUMS} FROM {_DAYS} GROUP BY 1, 2"
_PROGRAMS_BY_MONTH = f"SELECT program_id, type, {_SUMS} FROM {_MONTHS} GROUP BY 1, 2"
_BUSY = """
    SELECT extract(isodow FROM day)::int - 1 AS weekday, hour, sum(times)::int AS times FROM hourly_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN %(first)s AND %(last)s AND type = 'stamp.added' GROUP BY 1, 2
"""

_WEEKS = """
    SELECT program_id, (%(last)s::date - day) / 7 AS ago, sum(stamps)::int AS stamps FROM daily_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN %(first)s AND %(last)s
        AND type IN ('stamp.added', 'stamp.reversed')
    GROUP BY 1, 2
"""


def count_by_day(tx: Statements, first: date, last: date, *, unit: Unit) -> dict[date, Counts]:
    """By day, or by the first day of each month; where nothing happened, there is nothing.

    Months are counted from the first day of one.
    """
    return ask_by_day(tx, first, last, unit=unit)()


def ask_by_day(tx: Statements, first: date, last: date, *, unit: Unit) -> Callable[[], dict[date, Counts]]:
    facts = {"merchant": tx.merchant_id, "first": first, "last": last}
    asked = tx.later(_DayRow, _BY_MONTH, facts) if unit == "month" else tx.later(_DayRow, _BY_DAY, facts)

    def read() -> dict[date, Counts]:
        counted: defaultdict[date, Counts] = defaultdict(Counts)
        for row in asked.rows():
            counted[row.start].add(row)
        return counted

    return read


def count_day_of_shops(days: Mapping[UUID, date]) -> dict[UUID, Counts]:
    """Of each merchant its day, in one question; one where nothing happened is left out."""
    facts = {"first": min(days.values()), "last": max(days.values())} if days else {}
    rows = ask_each_node(days, lambda merchants: ask_rows(_ShopRow, _SHOPS, facts | {"merchants": merchants}))
    counted: defaultdict[UUID, Counts] = defaultdict(Counts)
    for row in rows:
        if days[row.merchant] == row.start:
            counted[row.merchant].add(row)
    return dict(counted)


def ask_by_hour(tx: Statements, days: Iterable[date]) -> Callable[[], dict[tuple[date, int], Counts]]:
    asked = tx.later(_HourRow, _BY_HOUR, {"merchant": tx.merchant_id, "days": list(days)})

    def read() -> dict[tuple[date, int], Counts]:
        counted: defaultdict[tuple[date, int], Counts] = defaultdict(Counts)
        for row in asked.rows():
            counted[row.day, row.hour].add(row)
        return counted

    return read


def count_by_hand(tx: Statements, first: date, last: date, *, unit: Unit) -> Hands:
    return ask_by_hand(tx, first, last, unit=unit)()


def ask_by_hand(tx: Statements, first: date, last: date, *, unit: Unit) -> Callable[[], Hands]:
    facts = {"merchant": tx.merchant_id, "first": first, "last": last}
    asked = tx.later(_HandRow, _HANDS_BY_MONTH, facts) if unit == "month" else tx.later(_HandRow, _HANDS_BY_DAY, facts)

    def read() -> Hands:
        hands = Hands(defaultdict(Counts), defaultdict(Counts), defaultdict(Counts))
        for row in asked.rows():
            match row.grouped:
                case 0b011:  # neither by location nor by program
                    hands.people[row.person].add(row)
                case 0b101:  # neither by person nor by program
                    hands.locations[row.location].add(row)
                case _:
                    hands.programs[row.program].add(row)
        return hands

    return read


def count_by_program(tx: Statements, first: date, last: date, *, unit: Unit) -> dict[UUID | None, Counts]:
    facts = {"merchant": tx.merchant_id, "first": first, "last": last}
    counted: defaultdict[UUID | None, Counts] = defaultdict(Counts)
    if unit == "month":
        rows = tx.rows(_ProgramRow, _PROGRAMS_BY_MONTH, facts)
    else:
        rows = tx.rows(_ProgramRow, _PROGRAMS_BY_DAY, facts)
    for row in rows:
        counted[row.program_id].add(row)
    return counted


def count_weeks(tx: Statements, last: date, *, weeks: int) -> dict[UUID | None, list[int]]:
    """Stamps of each program in as many weeks until this day, the latest at the end; one without any is left out."""
    facts = {"merchant": tx.merchant_id, "first": last - timedelta(days=7 * weeks - 1), "last": last}
    counted: dict[UUID | None, list[int]] = {}
    for row in tx.rows(_WeekRow, _WEEKS, facts):
        counted.setdefault(row.program_id, [0] * weeks)[weeks - 1 - row.ago] = row.stamps
    return counted


def ask_visits(tx: Statements, first: date, last: date) -> Callable[[], dict[tuple[Weekday, int], int]]:
    """How often somebody was stamped, by weekday and hour."""
    asked = tx.later(_BusyRow, _BUSY, {"merchant": tx.merchant_id, "first": first, "last": last})
    return lambda: {(row.weekday, row.hour): row.times for row in asked.rows()}


def sum_up(counts: Iterable[Counts]) -> Counts:
    all_of_them = Counts()
    for one in counts:
        all_of_them.stamps += one.stamps
        all_of_them.earned += one.earned
        all_of_them.handed_out += one.handed_out
        all_of_them.cards += one.cards
        all_of_them.without_voucher += one.without_voucher
    return all_of_them

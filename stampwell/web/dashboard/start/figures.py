"""The figures of a period, as the start page shows them: read in as many questions however much happened."""

from calendar import monthrange
from datetime import date, timedelta
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.insight.figures import (
    Counts,
    Hands,
    Unit,
    Weekday,
    ask_by_day,
    ask_by_hand,
    ask_by_hour,
    ask_visits,
    sum_up,
)
from stampwell.languages.formatting import format_chart_day, format_number, format_short_date
from stampwell.languages.period_names import format_change, name_hours, name_month, name_month_in_chart
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements, read_aside
from stampwell.web.dashboard.number_cells import Cell, number_cells
from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars
from stampwell.web.dashboard.start.hour_map import draw_hours
from stampwell.web.dashboard.start.period import Days, Period

WEEK = timedelta(days=7)


class Tile(msgspec.Struct, frozen=True):
    """A sum, how it was before, and what the journal is asked for to tell of it, "" where it cannot be asked. `tone` is
    "up", "down" or "".
    """

    name: str
    sum: int
    tone: str
    change: str
    kind: str


class Row(msgspec.Struct, frozen=True):
    """What happened in one stretch of the period. `query` opens it; "" where it cannot be opened further. `lines` and
    `lines_before` are what the address of the journal says of its time, and of that of before.
    """

    name: str
    label: str
    counts: Counts
    before: Counts
    query: str
    lines: str
    lines_before: str

    @property
    def cells(self) -> SafeString:
        return number_cells(
            [
                Cell(_("Stamps"), self.counts.stamps, f"kind=given{self.lines}"),
                Cell(_("Before"), self.before.stamps, f"kind=given{self.lines_before}"),
                Cell(_("Rewards earned"), self.counts.earned, f"kind=earned{self.lines}"),
                Cell(_("Rewards handed out"), self.counts.handed_out, f"kind=handed_out{self.lines}"),
                Cell(_("New cards"), self.counts.cards, f"kind=new_cards{self.lines}"),
            ]
        )


class Figures(msgspec.Struct, frozen=True):
    """`compared_until` is the hour to which a day of before is counted, "" where it is counted whole; `names` are those
    of the people and locations in `hands`.
    """

    period: Period
    compared_until: str
    tiles: list[Tile]
    rows: list[Row]
    chart: SafeString
    hands: Hands
    names: dict[UUID, str]
    visits: dict[tuple[Weekday, int], int]
    hour_map: SafeString
    today: list[Tile]
    now_until: str


class _Read(msgspec.Struct, frozen=True):
    hours: dict[tuple[date, int], Counts]
    days: dict[date, Counts]
    days_before: dict[date, Counts]
    hands: Hands
    names: dict[UUID, str]  # of people and locations
    visits: dict[tuple[Weekday, int], int]


def figures_of(merchant: Merchant, period: Period) -> Figures:
    read = read_aside(merchant.id, lambda tx: _read(tx, period))
    hour = local_time(merchant, now()).hour
    rows = _rows_of(period, read, hour)
    counts = sum_up(row.counts for row in rows)
    # A month that is over is compared with the whole of the one before, which may be longer than its rows.
    before = sum_up(row.before for row in rows) if period.length == "day" else sum_up(read.days_before.values())
    is_today = period.length == "day" and period.days.first == period.today
    today, week_ago = (_until(read, day, hour) for day in (period.today, period.today - WEEK))
    return Figures(
        period=period,
        compared_until=name_hours(hour + 1) if is_today else "",
        tiles=_tiles(counts, before),
        rows=rows,
        chart=draw_bars([_bar(row) for row in rows]),
        hands=read.hands,
        names=read.names,
        visits=read.visits,
        hour_map=draw_hours(read.visits),
        today=_tiles(today, week_ago) if period.length != "day" and period.days.last >= period.today else [],
        now_until=name_hours(hour + 1),
    )


def _read(tx: Statements, period: Period) -> _Read:
    so_far, before = period.so_far, period.before
    unit: Unit = "month" if period.length == "year" else "day"
    hours = ask_by_hour(tx, {period.today, period.today - WEEK, *_single_days(period)})
    days = ask_by_day(tx, so_far.first, so_far.last, unit=unit)
    days_before = ask_by_day(tx, before.first, before.last, unit=unit)
    read_hands = ask_by_hand(tx, so_far.first, so_far.last, unit=unit)
    visits = ask_visits(tx, so_far.first, so_far.last)
    hands = read_hands()
    names = names_of(tx, [*hands.people, *hands.locations])
    return _Read(hours(), days(), days_before(), hands, names, visits())


def _single_days(period: Period) -> set[date]:
    return {period.days.first, period.before.first} if period.length == "day" else set()


def _until(read: _Read, day: date, hour: int) -> Counts:
    """What happened on a day until the end of this hour."""
    return sum_up(counts for (on, at), counts in read.hours.items() if on == day and at <= hour)


def _rows_of(period: Period, read: _Read, hour: int) -> list[Row]:
    match period.length:
        case "day":
            last = hour if period.days.first == period.today else 23
            return [_hour_row(period, read, at) for at in range(last + 1)]
        case "year":
            return [_month_row(period, read, month) for month in range(1, period.so_far.last.month + 1)]
        case _:
            return [_day_row(period, read, place) for place in range(_length(period.so_far))]


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1


def _hour_row(period: Period, read: _Read, hour: int) -> Row:
    days = period.days.first, period.before.first
    counts, before = (read.hours.get((day, hour), Counts()) for day in days)
    lines, lines_before = (f"&hour={hour}{Days(day, day).in_journal}" for day in days)
    return Row(name_hours(hour), name_hours(hour), counts, before, "", lines, lines_before)


def _day_row(period: Period, read: _Read, place: int) -> Row:
    day, before = period.days.first + timedelta(days=place), period.before.first + timedelta(days=place)
    return Row(
        name=format_short_date(day),
        label=format_chart_day(day) if period.length == "week" else format_number(day.day),
        counts=read.days.get(day, Counts()),
        before=read.days_before.get(before, Counts()),
        query=f"period=day&on={day.isoformat()}",
        lines=Days(day, day).in_journal,
        lines_before=Days(before, before).in_journal,
    )


def _month_row(period: Period, read: _Read, month: int) -> Row:
    first, before = period.days.first.replace(month=month), period.before.first.replace(month=month)
    return Row(
        name=name_month(first),
        label=name_month_in_chart(first),
        counts=read.days.get(first, Counts()),
        before=read.days_before.get(before, Counts()),
        query=f"period=month&on={first.isoformat()}",
        lines=_month_from(first, period.so_far.last).in_journal,
        lines_before=_month_from(before, period.before.last).in_journal,
    )


def _month_from(first: date, last: date) -> Days:
    """The days of its month, of the running one until the last that counts."""
    end = first.replace(day=monthrange(first.year, first.month)[1])
    return Days(first, min(end, max(first, last)))


def _bar(row: Row) -> Bar:
    return Bar(row.label, format_number(row.counts.stamps), row.counts.stamps, row.before.stamps)


def _tiles(counts: Counts, before: Counts) -> list[Tile]:
    return [
        compared_tile(_("Stamps"), counts.stamps, before.stamps, "given"),
        compared_tile(_("Rewards earned"), counts.earned, before.earned, "earned"),
        compared_tile(_("Rewards handed out"), counts.handed_out, before.handed_out, "handed_out"),
        compared_tile(_("New cards"), counts.cards, before.cards, "new_cards"),
    ]


def compared_tile(name: str, sum: int, before: int, kind: str) -> Tile:
    if sum == before:
        return Tile(name, sum, "", _("As many as before"), kind)
    said = _("%(change)s compared with %(before)s") % {
        "change": format_change(sum - before),
        "before": format_number(before),
    }
    return Tile(name, sum, "up" if sum > before else "down", said, kind)

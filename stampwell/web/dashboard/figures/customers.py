"""How customers come and go in a period: read in as many questions however much happened."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.insight.card_figures import WEEKS
from stampwell.insight.card_list import NEARLY
from stampwell.insight.customer_figures import (
    Cohort,
    Standing,
    Visitors,
    count_cohorts,
    count_refusals,
    count_standing,
    count_steps,
    count_visitors,
    count_waiting,
)
from stampwell.insight.spread import most_of
from stampwell.languages.formatting import format_number, format_percent
from stampwell.languages.period_names import name_month
from stampwell.merchants.models import Merchant
from stampwell.refusal import REFUSALS
from stampwell.transactions import Statements, read_aside
from stampwell.web.dashboard.figures.share_bar import draw_share
from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars
from stampwell.web.dashboard.start.figures import Tile, compared_tile
from stampwell.web.dashboard.start.period import Period

# Days from ready to handed out, as they are told together: the last of each.
STRETCHES = (0, 1, 7, 30)


class ShareRow(msgspec.Struct, frozen=True):
    """`kind` is what the journal is asked for; "" where it cannot tell these apart. `reason` narrows refusals."""

    name: str
    times: int
    share: str
    bar: SafeString
    kind: str = ""
    reason: str = ""


class FullnessRow(msgspec.Struct, frozen=True):
    to_go: int
    cards: int
    is_nearly_full: bool


class CohortRow(msgspec.Struct, frozen=True):
    """`shares` are those of WEEKS; "" where so many weeks have not passed for all of them."""

    name: str
    first: date
    last: date
    joined: int
    shares: list[tuple[str, str]]


class CustomerFigures(msgspec.Struct, frozen=True):
    """`half_within` says in how many days half of the rewards were handed out."""

    tiles: list[Tile]
    steps: list[ShareRow]
    fullness: list[FullnessRow]
    fullness_chart: SafeString
    waiting: list[ShareRow]
    half_within: str
    refusals: list[ShareRow]
    cohorts: list[CohortRow]
    standing: Standing
    stamps: int


class _Read(msgspec.Struct, frozen=True):
    visitors: Visitors
    visitors_before: Visitors
    steps: dict[str, int]
    standing: Standing
    waiting: dict[int, int]
    refusals: dict[str, int]
    cohorts: list[Cohort]


def customer_figures_of(merchant: Merchant, period: Period, program: UUID | None) -> CustomerFigures:
    read = read_aside(merchant.id, lambda tx: _read(tx, period, program))
    fullness = _fullness(read.standing)
    return CustomerFigures(
        tiles=_tiles(read.visitors, read.visitors_before),
        steps=_steps(read.steps),
        fullness=fullness,
        fullness_chart=draw_bars([_bar(row) for row in fullness]),
        waiting=_waiting(read.waiting),
        half_within=_half_within(read.waiting),
        refusals=show_refusals(read.refusals),
        cohorts=[_cohort(cohort, period.today) for cohort in read.cohorts],
        standing=read.standing,
        stamps=sum(read.standing.collected.values()),
    )


def _read(tx: Statements, period: Period, program: UUID | None) -> _Read:
    days, before = period.so_far, period.before
    return _Read(
        visitors=count_visitors(tx, days.first, days.last, program=program),
        visitors_before=count_visitors(tx, before.first, before.last, program=program),
        steps=count_steps(tx, days.first, days.last, program=program),
        standing=count_standing(tx, program=program),
        waiting=count_waiting(tx, days.first, days.last, program=program),
        refusals=count_refusals(tx, days.first, days.last, program=program),
        cohorts=count_cohorts(tx, _year_before(days.last), days.last, program=program),
    )


def _tiles(now: Visitors, before: Visitors) -> list[Tile]:
    return [
        compared_tile(_("Customers who came"), now.all, before.all, ""),
        compared_tile(_("For the first time"), now.first, before.first, ""),
        compared_tile(_("Came back"), now.returning, before.returning, ""),
    ]


def _steps(steps: Mapping[str, int]) -> list[ShareRow]:
    """Of the cards of these days, whenever they got so far: the journal tells only which of them were given out."""
    names = {
        "joined": _("New cards"),
        "saved": _("Saved in a wallet"),
        "came": _("First visit"),
        "came_again": _("Second visit"),
        "filled": _("Card full"),
        "rewarded": _("Reward handed out"),
    }
    kinds = {"joined": "new_cards"}
    return [share_row(name, steps[step], steps["joined"], kinds.get(step, "")) for step, name in names.items()]


def _fullness(standing: Standing) -> list[FullnessRow]:
    """From the emptiest to the fullest, with those between that no card has."""
    most = max(standing.to_go, default=0)
    return [FullnessRow(to_go, standing.to_go.get(to_go, 0), to_go <= NEARLY) for to_go in range(most, 0, -1)]


def _bar(row: FullnessRow) -> Bar:
    return Bar(format_number(row.to_go), format_number(row.cards), row.cards, is_marked=row.is_nearly_full)


def _waiting(waited: Mapping[int, int]) -> list[ShareRow]:
    if not waited:
        return []
    names = [
        _("The same day"),
        _("The next day"),
        _("Within a week"),
        _("Within 30 days"),
        _("After more than 30 days"),
    ]
    until = [sum(times for days, times in waited.items() if days <= last) for last in STRETCHES]
    all_of_them = sum(waited.values())
    times = [now - before for before, now in zip([0, *until], [*until, all_of_them], strict=True)]
    return [share_row(name, one, all_of_them) for name, one in zip(names, times, strict=True)]


def _half_within(waited: Mapping[int, int]) -> str:
    half = most_of(waited, 0.5)
    if half is None:
        return ""
    if half == 0:
        return _("Half of them were handed out that same day.")
    said = ngettext(
        "Half of them were handed out within %(count)s day.",
        "Half of them were handed out within %(count)s days.",
        half,
    )
    return said % {"count": format_number(half)}


def show_refusals(reasons: Mapping[str, int]) -> list[ShareRow]:
    """Those that are called the same are told together; the journal, asked for one of them, does so as well."""
    by_title: dict[str, int] = {}
    codes: dict[str, str] = {}
    for code, times in reasons.items():
        title = str(REFUSALS[code].title) if code in REFUSALS else code
        by_title[title] = by_title.get(title, 0) + times
        codes.setdefault(title, code if code in REFUSALS else "")
    rows = [share_row(title, times, sum(reasons.values()), "refused") for title, times in by_title.items()]
    return [msgspec.structs.replace(row, reason=codes[row.name]) for row in rows]


def _year_before(day: date) -> date:
    """The first day of the month, eleven months before that of the day."""
    months = day.year * 12 + day.month - 12
    return date(months // 12, months % 12 + 1, 1)


def _cohort(cohort: Cohort, today: date) -> CohortRow:
    last_joined = cohort.month.replace(day=monthrange(cohort.month.year, cohort.month.month)[1])
    shares = [
        (
            name,
            format_percent(cohort.still_came[weeks] / cohort.joined)
            if last_joined + timedelta(weeks=weeks) < today
            else "",
        )
        for weeks, name in zip(WEEKS, name_weeks(), strict=True)
    ]
    return CohortRow(name_month(cohort.month), cohort.month, last_joined, cohort.joined, shares)


def name_weeks() -> list[str]:
    return [_("After 1 week"), _("After 2 weeks"), _("After 4 weeks"), _("After 8 weeks")]


def share_row(name: str, times: int, whole: int, kind: str = "") -> ShareRow:
    share = format_percent(times / whole) if whole else ""
    return ShareRow(name, times, share, draw_share(times, whole), kind)

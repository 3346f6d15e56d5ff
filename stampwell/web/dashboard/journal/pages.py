"""The journal: everything that happened in the shop, newest first."""

from http import HTTPStatus
from itertools import groupby

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.insight.event_stretches import kinds_in
from stampwell.journal.history import Line, lines_of
from stampwell.journal.reading import read_page
from stampwell.journal.wanted import GROUPS, PERIODS, NotAPeriod, Wanted, read_wanted, words_in
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.languages.period_names import name_day
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, read_aside
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.form_keys import new_key
from stampwell.web.dashboard.journal.choices import (
    Chip,
    Filter,
    chips_of,
    filters_of,
    name_group,
    name_period,
    say_cut,
)
from stampwell.web.dashboard.journal.folded import lines_behind, part_of


class Entry(msgspec.Struct, frozen=True):
    """A line, whose card it is about, and how the lines are called that stand behind it; "" where there are none."""

    line: Line
    card: CardLabel | None
    behind: str


class Day(msgspec.Struct, frozen=True):
    name: str
    days_ago: int
    entries: list[Entry]


class Journal(msgspec.Struct, frozen=True):
    """`cut` says that the words fit more than is looked at."""

    days: list[Day]
    older: int | None
    filters: list[Filter]
    chips: list[Chip]
    cut: str


class Tab(msgspec.Struct, frozen=True):
    name: str
    query: str
    is_current: bool


@require_safe
@for_everyone
def journal_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    try:
        wanted, error = read_wanted(desk.merchant, request.GET.dict()), ""
    except NotAPeriod:
        wanted = Wanted(period="days", words=words_in(request.GET.get("q", "")))
        error = _("Enter two days, the earlier one first.")
    below = _number(request.GET.get("before", ""))
    if of := _number(request.GET.get("of", "")):
        wanted = Wanted(part=part_of(desk.merchant, of))
    journal = read_journal(desk.merchant, wanted, below=below)
    context = {
        "desk": desk,
        "here": "journal",
        "journal": journal,
        "wanted": wanted,
        "tabs": _tabs(wanted),
        "periods": [(one or "", name_period(one), one == wanted.period) for one in (None, *PERIODS)],
        "typed": request.GET,
        "error": error,
        "is_first": below is None,
        "query": wanted.query(),
        "once": new_key(),
    }
    status = HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK
    return render(request, "dashboard/journal.html", context, status=status)


def _tabs(wanted: Wanted) -> list[Tab]:
    """A reason goes with the refusals."""
    return [
        Tab(name_group(one), wanted.query(kind=one or "", of="", reason=""), one == wanted.tab)
        for one in (None, *GROUPS)
    ]


def read_journal(merchant: Merchant, wanted: Wanted, *, below: int | None) -> Journal:
    return read_aside(merchant.id, lambda tx: _read(tx, merchant, wanted, below))


def _read(tx: Statements, merchant: Merchant, wanted: Wanted, below: int | None) -> Journal:
    kinds = kinds_in(tx)
    found = read_page(tx, wanted, kinds, below=below)
    lines = lines_of(tx, merchant, found.rows)
    cards = label_cards(tx, [row.card_id for row in found.rows if row.card_id])
    filters = filters_of(tx, merchant, kinds, wanted)
    behind = lines_behind(tx, found.rows)
    entries = [Entry(line, cards.get(line.card_id or ""), behind.get(line.number or 0, "")) for line in lines]
    days = groupby(entries, key=lambda entry: local_day(merchant, entry.line.at))
    today = local_day(merchant, now())
    named = [Day(name_day(day), (today - day).days, list(those)) for day, those in days]
    return Journal(named, found.older, filters, chips_of(wanted, filters), say_cut(found.sought))


def _number(text: str) -> int | None:
    """What is not a number begins at the top."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and int(text) else None

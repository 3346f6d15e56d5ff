"""GET /figures: what the owner sees on the desk, for a program that makes something of it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Query, validate

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.figures import Counts, count_by_day, count_by_hand, sum_up
from stampwell.merchants.access import Scope
from stampwell.merchants.local_time import local_day
from stampwell.transactions import Statements, merchant_transaction
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.refusals import InvalidRequest

type By = Literal["day", "month", "program", "location", "person"]
FIRST_DAY = date(2000, 1, 1)  # before it there was no shop
LONGEST = 366  # days
_IDS = {"program": "prg", "location": "loc", "person": "stf"}


class FiguresAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days by the clock of the shop, both included, 366 of them at most. Left out, they are the last seven."""

    first: date | None = msgspec.field(name="from", default=None)
    last: date | None = msgspec.field(name="to", default=None)
    by: By = "day"


class FigureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`of` is a day (2026-11-26), a month (2026-11) or an id; null is what happened without one.

    What was taken back is taken off, on the day on which it was taken back.
    """

    of: str | None
    stamps: int
    rewards_earned: int
    rewards_handed_out: int
    new_cards: int


class FiguresFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A day or a month of nothing is not among the items. `total` is of all of them."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    by: By
    items: list[FigureFacts]
    total: FigureFacts


class Figures(ApiController):
    @validate(
        *reading(FiguresFacts),
        auth=[KeyWith(Scope.EVENTS_READ)],
        summary="Read figures",
        description=(
            "Stamps, rewards earned and handed out, and new cards of some days, by day, month, program, location or"
            " person. They follow what happens by a moment."
        ),
        operation_id="readFigures",
        tags=["Figures"],
    )
    def get(self, parsed_query: Query[FiguresAsked]) -> HttpResponse:
        merchant, by = self.caller.merchant, parsed_query.by
        first, last = _days_of(parsed_query, today=local_day(merchant, now()))
        with merchant_transaction(merchant.id) as tx:
            counted = _count(tx, first, last, by)
        items = [_describe(of, counts) for of, counts in counted]
        total = _describe(None, sum_up(counts for _of, counts in counted))
        return self.answer(FiguresFacts(first=first, last=last, by=by, items=items, total=total))


def _days_of(asked: FiguresAsked, *, today: date) -> tuple[date, date]:
    """Refuses: InvalidRequest for days to come or of before all shops, too many, or the last before the first."""
    last = asked.last or today
    if last > today:
        raise InvalidRequest("?to", "in_the_future")
    if last < FIRST_DAY:
        raise InvalidRequest("?to", "too_old")
    first = asked.first or last - timedelta(days=6)
    if first > last:
        raise InvalidRequest("?from", "in_the_future" if first > today else "invalid")
    if (last - first).days >= LONGEST:
        raise InvalidRequest("?from", "too_old")
    return first, last


def _count(tx: Statements, first: date, last: date, by: By) -> list[tuple[str | None, Counts]]:
    match by:
        case "day":
            return [(day.isoformat(), counts) for day, counts in sorted(_by_day(tx, first, last).items())]
        case "month":
            return [(month, counts) for month, counts in sorted(_by_month(_by_day(tx, first, last)).items())]
    hands = count_by_hand(tx, first, last, unit="day")
    counted: Mapping[UUID | None, Counts] = {
        "program": hands.programs,
        "location": hands.locations,
        "person": hands.people,
    }[by]
    named = [(public_id(_IDS[by], id) if id else None, counts) for id, counts in counted.items()]
    return sorted(named, key=lambda item: item[0] or "~")


def _by_day(tx: Statements, first: date, last: date) -> dict[date, Counts]:
    return count_by_day(tx, first, last, unit="day")


def _by_month(days: Mapping[date, Counts]) -> dict[str, Counts]:
    def of(month: str) -> Iterable[Counts]:
        return (counts for day, counts in days.items() if day.isoformat().startswith(month))

    return {month: sum_up(of(month)) for month in {day.isoformat()[:7] for day in days}}


def _describe(of: str | None, counts: Counts) -> FigureFacts:
    return FigureFacts(
        of=of,
        stamps=counts.stamps,
        rewards_earned=counts.earned,
        rewards_handed_out=counts.handed_out,
        new_cards=counts.cards,
    )

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
from stampwell.insight.customer_figures import RefusedHand, count_refusals, count_refusing_hands, count_waiting
from stampwell.insight.figures import Counts, count_by_day, count_by_hand, sum_up
from stampwell.insight.money_figures import Worth, count_worth
from stampwell.insight.redemption_figures import count_redemptions
from stampwell.insight.redemption_totals import Way
from stampwell.insight.spread import most_of
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


class MoneyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate from what the owner says that a reward costs and a visit brings, in minor units of `currency`.

    `regular_visits` and `revenue` are of customers who had been here before, in these days; what is owed is so now.
    null is what no price was entered for.
    """

    program_id: str
    currency: str
    reward_cost: int | None
    rewards_handed_out: int
    cost: int | None
    regular_visits: int
    revenue: int | None
    rewards_ready: int
    rewards_pending: int
    rewards_owed: int | None
    stamps_owed: int | None


class RefusedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`of` is a code of a refusal or an id; null is what was refused without one."""

    of: str | None
    scans: int


class RefusedScansFacts(msgspec.Struct, frozen=True, kw_only=True):
    by_reason: list[RefusedFacts]
    by_location: list[RefusedFacts]
    by_person: list[RefusedFacts]


class WayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`way` is how it came to be used: by its path, at the desk by hand, or by a program with a key."""

    way: Way
    rewards: int


class SpreadFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What half of them and nine of ten did not exceed; null of none."""

    half: int | None
    nine_of_ten: int | None


class RewardsUsedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`days_ready` is how many days they had been ready."""

    by_way: list[WayFacts]
    days_ready: SpreadFacts


class FiguresFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A day or a month of nothing is not among the items. `total` is of all of them."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    by: By
    items: list[FigureFacts]
    total: FigureFacts
    money: list[MoneyFacts]
    refused_scans: RefusedScansFacts
    rewards_used: RewardsUsedFacts


class Figures(ApiController):
    @validate(
        *reading(FiguresFacts),
        auth=[KeyWith(Scope.EVENTS_READ)],
        summary="Read figures",
        description=(
            "Stamps, rewards earned and handed out, and new cards of some days, by day, month, program, location or"
            " person; what rewards cost against what regulars bring, the scans that were refused, and how rewards were"
            " used. They follow what happens by a moment."
        ),
        operation_id="readFigures",
        tags=["Figures"],
    )
    def get(self, parsed_query: Query[FiguresAsked]) -> HttpResponse:
        merchant, by = self.caller.merchant, parsed_query.by
        first, last = _days_of(parsed_query, today=local_day(merchant, now()))
        with merchant_transaction(merchant.id) as tx:
            counted = _count(tx, first, last, by)
            money = [_describe_worth(worth) for worth in count_worth(tx, first, last)]
            refused = _refused_scans(tx, first, last)
            used = _rewards_used(tx, first, last)
        items = [_describe(of, counts) for of, counts in counted]
        total = _describe(None, sum_up(counts for _of, counts in counted))
        return self.answer(
            FiguresFacts(
                first=first,
                last=last,
                by=by,
                items=items,
                total=total,
                money=money,
                refused_scans=refused,
                rewards_used=used,
            )
        )


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


def _describe_worth(worth: Worth) -> MoneyFacts:
    ready, pending = worth.ready_owed, worth.pending_owed
    return MoneyFacts(
        program_id=public_id("prg", worth.program_id),
        currency=worth.currency,
        reward_cost=worth.reward_cost,
        rewards_handed_out=worth.handed_out,
        cost=worth.cost,
        regular_visits=worth.visits,
        revenue=worth.brought,
        rewards_ready=worth.ready,
        rewards_pending=worth.pending,
        rewards_owed=None if ready is None or pending is None else ready + pending,
        stamps_owed=worth.stamps_owed,
    )


def _refused_scans(tx: Statements, first: date, last: date) -> RefusedScansFacts:
    hands = count_refusing_hands(tx, first, last)
    return RefusedScansFacts(
        by_reason=[RefusedFacts(of=code, scans=times) for code, times in count_refusals(tx, first, last).items()],
        by_location=[_describe_hand("loc", hand) for hand in hands if hand.by_location],
        by_person=[_describe_hand("stf", hand) for hand in hands if not hand.by_location],
    )


def _rewards_used(tx: Statements, first: date, last: date) -> RewardsUsedFacts:
    redemptions = count_redemptions(tx, first, last)
    return RewardsUsedFacts(
        by_way=[WayFacts(way=way, rewards=times) for way, times in sorted(redemptions.ways.items())],
        days_ready=_describe_spread(count_waiting(tx, first, last)),
    )


def _describe_spread(counted: Mapping[int, int]) -> SpreadFacts:
    return SpreadFacts(half=most_of(counted, 0.5), nine_of_ten=most_of(counted, 0.9))


def _describe_hand(kind: str, hand: RefusedHand) -> RefusedFacts:
    return RefusedFacts(of=public_id(kind, hand.of) if hand.of else None, scans=hand.times)

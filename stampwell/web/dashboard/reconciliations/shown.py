"""A reconciliation as its page shows it."""

from collections.abc import Mapping
from datetime import UTC
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from stampwell.ids import public_id
from stampwell.languages.formatting import (
    Money,
    format_chart_day,
    format_date,
    format_moment,
    format_money,
    format_number,
)
from stampwell.merchants.models import Location, Merchant
from stampwell.reconciling.asking import rows_of_reconciliation
from stampwell.reconciling.found import Found
from stampwell.reconciling.matching import BAD
from stampwell.reconciling.rows import JoinedReconciliation, ShownRow
from stampwell.reconciling.till_lines import TillLine
from stampwell.reconciling.till_reports import shape_named
from stampwell.redeem_codes.lists_of import ListedCode, lists_of
from stampwell.refusal import REFUSALS, Refusal
from stampwell.transactions import merchant_reads
from stampwell.vouchers.finding import reference_of
from stampwell.web.dashboard.reconciliations.counted_codes import CountedCode, counted_codes
from stampwell.web.dashboard.reconciliations.leads import NextCode, journal_of, next_codes
from stampwell.web.dashboard.reconciliations.words import FAULT_WORDS, STEP_WORDS, VERDICT_MEANS, VERDICT_WORDS
from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars

OPEN = ("waiting", "running")
MOST_ROWS = 50  # of each list on the page; the file has more
MOST_BARS = 42


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`reference` is what the voucher is called by; `card` is "" where no voucher belongs to it. `list` is the name of
    the list that the code belongs to, "" where it is of none; `withdraw_in` is that list, if the code leaked and
    somebody may still get it. `allowed` is the most that the reward takes off, where the till took off more. `journal`
    asks for what happened there then; "" where a voucher tells it.
    """

    one: ShownRow
    place: str
    discount: Money | None
    allowed: Money | None
    card: str
    reference: str
    list: str
    withdraw_in: str
    journal: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    verdict: str
    title: str | Promise
    means: str | Promise
    count: int
    discount: Money | None
    rows: list[Row]

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)


class Place(msgspec.Struct, frozen=True):
    name: str
    uses: int
    bad: int
    discount: Money


class UnreadRow(msgspec.Struct, frozen=True):
    row: int
    cell: str
    words: str | Promise


class FirstLine(msgspec.Struct, frozen=True):
    """As it is read, before anything is compared."""

    when: str
    code: str
    place: str
    discount: str


def show_line(line: TillLine, currency: str) -> FirstLine:
    when, said = "", line.said
    if said and said.has_time:
        when = format_moment(said.local.replace(tzinfo=UTC), ZoneInfo("UTC"))
    elif said:
        when = format_date(said.local.date())
    discount = format_money(Money(line.amount, currency)) if line.amount else ""
    return FirstLine(when, line.code, line.place, discount)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """`lost` is the money of what was used and should not have been. `next_codes` are to be followed by other ones."""

    id: str
    one: JoinedReconciliation
    words: str
    till: str
    refusal: type[Refusal] | None
    found: Found
    lists: list[Listed]
    places: list[Place]
    codes: list[CountedCode]
    next_codes: list[NextCode]
    unread: list[UnreadRow]
    chart: SafeString | None
    lost: Money

    @property
    def is_open(self) -> bool:
        return self.one.state in OPEN

    @property
    def leaks(self) -> int:
        return self.found.count("leaked")

    @property
    def more_often(self) -> int:
        """Used once more than it was shown."""
        return self.found.count("twice")

    @property
    def confirmed(self) -> int:
        return self.found.count("confirmed")

    @property
    def bad(self) -> int:
        return self.found.count(*BAD)

    @property
    def not_ours(self) -> int:
        return self.found.count("unknown")


class Earlier(msgspec.Struct, frozen=True):
    """A report in the list of all; its numbers are None where nothing was compared."""

    id: str
    one: JoinedReconciliation
    words: str | Promise
    uses: int | None
    leaks: int | None
    more_often: int | None


def show_earlier(one: JoinedReconciliation) -> Earlier:
    found = one.has_found
    counts = (found.uses, found.count("leaked"), found.count("twice")) if found else (None, None, None)
    return Earlier(public_id("rcn", one.id), one, STEP_WORDS[one.step], *counts)


def show_reconciliation(one: JoinedReconciliation, merchant: Merchant, locations: Mapping[UUID, Location]) -> Shown:
    found = one.has_found or Found(currency=merchant.currency)
    shape = shape_named(one.shape)
    lists = [_list_of(one, merchant, verdict, found, locations) for verdict in BAD if found.counts.get(verdict)]
    leaked = [row.one.code for some in lists if some.verdict == "leaked" for row in some.rows]
    unread = rows_of_reconciliation(merchant.id, one.id, verdict="unread", most=MOST_ROWS) if found.unread else []
    return Shown(
        id=public_id("rcn", one.id),
        one=one,
        words=str(STEP_WORDS[one.step]),
        till=shape.till if shape else "",
        refusal=REFUSALS.get(one.problem or ""),
        found=found,
        lists=lists,
        places=[
            Place(_name_of(one.name, one.location_id, locations), one.uses, one.bad, Money(one.money, found.currency))
            for one in found.places
        ],
        codes=counted_codes(found),
        next_codes=next_codes(merchant, found, leaked, asked=one.asked or one.created),
        unread=[UnreadRow(row.row, row.code, FAULT_WORDS.get(row.receipt, row.receipt)) for row in unread],
        chart=_chart_of(found) if len(found.days) > 1 else None,
        lost=Money(found.money.get("leaked", 0) + found.money.get("twice", 0), found.currency),
    )


def _list_of(
    one: JoinedReconciliation, merchant: Merchant, verdict: str, found: Found, locations: Mapping[UUID, Location]
) -> Listed:
    rows = rows_of_reconciliation(merchant.id, one.id, verdict=verdict, most=MOST_ROWS)
    with merchant_reads(merchant.id) as tx:
        lists = lists_of(tx, (row.code for row in rows if row.code))
    money = found.money.get(verdict, 0)
    return Listed(
        verdict=verdict,
        title=next(words for name, words in VERDICT_WORDS.items() if name == verdict),
        means=next(words for name, words in VERDICT_MEANS.items() if name == verdict),
        count=found.count(verdict),
        discount=Money(money, found.currency) if money else None,
        rows=[
            Row(
                one=row,
                place=_name_of(row.place, row.location_id, locations),
                discount=Money(row.amount, found.currency) if row.amount else None,
                allowed=Money(row.allowed, found.currency) if row.allowed else None,
                card=public_id("crd", row.card_id) if row.card_id else "",
                reference=reference_of(row.voucher_id) if row.voucher_id else "",
                list=lists[row.code].name if row.code in lists else "",
                withdraw_in=_withdraw_in(verdict, lists.get(row.code)),
                journal="" if row.card_id else journal_of(merchant, row),
            )
            for row in rows
        ],
    )


def _withdraw_in(verdict: str, listed: ListedCode | None) -> str:
    if listed is None or listed.is_withdrawn or verdict != "leaked":
        return ""
    return public_id("cdp", listed.pool_id)


def _name_of(name: str, location_id: UUID | None, locations: Mapping[UUID, Location]) -> str:
    """As we call it, else as the till does."""
    location = locations.get(location_id) if location_id else None
    return location.name if location else name


def _chart_of(found: Found) -> SafeString:
    """What the till tells of each day; days on which something is not fine stand out."""
    return draw_bars(
        [
            Bar(label=format_chart_day(day.day), figure=format_number(day.uses), size=day.uses, is_marked=bool(day.bad))
            for day in found.days[-MOST_BARS:]
        ]
    )

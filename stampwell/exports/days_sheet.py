"""The figures of each day, as the start page shows them; a day on which nothing happened is there too."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.clock import now
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.insight.figures import Counts, count_by_day
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

AT_ONCE = timedelta(days=366)
_FIRST = "SELECT min(day) FROM daily_total WHERE merchant_id = %s"


def days_sheet(merchant: Merchant, wanted: Mapping[str, str]) -> Sheet:
    today = local_day(merchant, now())
    last = min(today, _day(wanted.get("to")) or today)

    def first_day(tx: Statements) -> date:
        first = tx.value(date, _FIRST, (tx.merchant_id,)) or last
        return max(first, _day(wanted.get("from")) or first)

    def count(tx: Statements) -> int | None:
        return max(0, (last - first_day(tx)).days + 1)

    def read(tx: Statements, after: str) -> Piece:
        first = date.fromisoformat(after) if after else first_day(tx)
        until = last if last - first <= AT_ONCE else first + AT_ONCE
        counted = count_by_day(tx, first, until, unit="day")
        days = [first + timedelta(days=number) for number in range((until - first).days + 1)]
        rows = [_row(day, counted.get(day, Counts())) for day in days]
        return Piece(rows, (until + timedelta(days=1)).isoformat() if until < last else None)

    return Sheet(_columns(), count, read)


def _columns() -> list[Column]:
    return [
        Column("day", pgettext("of the figures", "Day")),
        Column("cards", _("New cards")),
        Column("stamps", _("Stamps")),
        Column("earned", _("Rewards earned")),
        Column("handed_out", _("Rewards handed out")),
    ]


def _row(day: date, counts: Counts) -> Row:
    return [day, counts.cards, counts.stamps, counts.earned, counts.handed_out]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

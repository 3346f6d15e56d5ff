"""Figures for the start page, counted from the events of the last seven days."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from stampwell.clock import now
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction

DAYS = 7

# The key of the table is (merchant_id, at, id): the last days are one stretch of it.
_COUNT = """
    SELECT (at AT TIME ZONE %(zone)s)::date AS day, type, count(*)::int AS times,
           coalesce(sum((data->'stamp'->>'count')::int) FILTER (WHERE type LIKE 'stamp.%%'), 0)::int AS stamps
    FROM event
    WHERE merchant_id = %(merchant)s AND at >= %(since)s
      AND type IN ('card.issued', 'stamp.added', 'stamp.reversed', 'voucher.issued', 'voucher.redeemed',
                   'voucher.reversed')
    GROUP BY 1, 2
"""


class _CountRow(msgspec.Struct, frozen=True):
    day: date
    type: str
    times: int
    stamps: int


class Day(msgspec.Struct):
    """What happened on one day; what was undone is taken off on the day of the undoing."""

    day: date
    cards: int = 0
    stamps: int = 0
    issued: int = 0
    redeemed: int = 0


class Week(msgspec.Struct, frozen=True):
    days: list[Day]

    @property
    def cards(self) -> int:
        return sum(day.cards for day in self.days)

    @property
    def stamps(self) -> int:
        return sum(day.stamps for day in self.days)

    @property
    def issued(self) -> int:
        return sum(day.issued for day in self.days)

    @property
    def redeemed(self) -> int:
        return sum(day.redeemed for day in self.days)


def count_week(merchant: Merchant) -> Week:
    """Today and the six days before it, on the merchant's clock."""
    zone = ZoneInfo(merchant.time_zone)
    today = local_day(merchant, now())
    first = today - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), zone)
    with merchant_transaction(merchant.id) as tx:
        rows = tx.rows(_CountRow, _COUNT, {"zone": merchant.time_zone, "merchant": merchant.id, "since": since})
    days: defaultdict[date, Day] = defaultdict(lambda: Day(today))
    for offset in range(DAYS):
        days[first + timedelta(days=offset)] = Day(first + timedelta(days=offset))
    for row in rows:
        _count(days[row.day], row)
    return Week(sorted(days.values(), key=lambda day: day.day))


def _count(day: Day, row: _CountRow) -> None:
    day.stamps += row.stamps
    match row.type:
        case "card.issued":
            day.cards += row.times
        case "voucher.issued":
            day.issued += row.times
        case "voucher.redeemed":
            day.redeemed += row.times
        case "voucher.reversed":
            day.redeemed -= row.times

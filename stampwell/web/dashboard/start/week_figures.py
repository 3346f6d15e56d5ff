"""Figures for the start page: the totals of the last seven days."""

from datetime import date, timedelta

import msgspec

from stampwell.clock import now
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction

DAYS = 7

# What the worker has not counted yet comes a moment later.
_COUNT = """
    SELECT day, type, sum(times)::int AS times, sum(stamps)::int AS stamps FROM daily_total
    WHERE merchant_id = %(merchant)s AND day BETWEEN %(first)s AND %(today)s
      AND type IN ('card.issued', 'stamp.added', 'stamp.reversed', 'voucher.issued', 'voucher.redeemed',
                   'voucher.reversed')
    GROUP BY day, type
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
    today = local_day(merchant, now())
    first = today - timedelta(days=DAYS - 1)
    with merchant_transaction(merchant.id) as tx:
        rows = tx.rows(_CountRow, _COUNT, {"merchant": merchant.id, "first": first, "today": today})
    days = {day: Day(day) for day in (first + timedelta(days=offset) for offset in range(DAYS))}
    for row in rows:
        _count(days[row.day], row)
    return Week(list(days.values()))


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

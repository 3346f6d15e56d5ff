"""Counting what happened in each hour, as it happens: when a shop is busy, and how far a day has come by now."""

from collections import Counter
from datetime import date
from typing import Any

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.insight.daily_totals import count_stamps, happened_here
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _Hour(msgspec.Struct, frozen=True):
    """By the clock of the shop; an hour that comes twice in a night is one."""

    day: date
    hour: int
    type: str


_ADD = """
    INSERT INTO hourly_total (merchant_id, id, day, hour, type, times, stamps)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(hours)s::smallint[], %(types)s::text[], %(times)s::int[], %(stamps)s::int[]
    ) n
    ON CONFLICT (merchant_id, type, day, hour)
    DO UPDATE SET times = hourly_total.times + excluded.times, stamps = hourly_total.stamps + excluded.stamps
"""


def add_to_hours(tx: Statements, events: list[EventRow]) -> None:
    merchant = Merchant.objects.get(id=tx.merchant_id)
    times: Counter[_Hour] = Counter()
    stamps: Counter[_Hour] = Counter()
    for event in happened_here(events):
        there = local_time(merchant, event.at)
        hour = _Hour(there.date(), there.hour, event.type)
        times[hour] += 1
        stamps[hour] += count_stamps(event)
    hours = list(times)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _hour in hours],
        "days": [hour.day for hour in hours],
        "hours": [hour.hour for hour in hours],
        "types": [hour.type for hour in hours],
        "times": [times[hour] for hour in hours],
        "stamps": [stamps[hour] for hour in hours],
    }
    tx.write(_ADD, facts)


def forget_hours(tx: Statements) -> None:
    tx.write("DELETE FROM hourly_total WHERE merchant_id = %s", (tx.merchant_id,))

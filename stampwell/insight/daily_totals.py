"""Counting what happened on each day and in each month, as it happens.

The months are kept beside the days for the figures of a year: its days would be too many to add up in a page.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.insight.programs_of_cards import programs_of
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

# No event of its own: a decision of the owner says that a reward went out and used no voucher. It cost what others do.
WITHOUT_VOUCHER = "scan.decided/without_voucher"


class _Kind(msgspec.Struct, frozen=True):
    """What is counted together."""

    day: date
    type: str
    location_id: UUID | None
    staff_member_id: UUID | None
    program_id: UUID | None


class _Decision(msgspec.Struct, frozen=True):
    without_voucher: bool = False


class _StampCount(msgspec.Struct, frozen=True):
    count: int


class _StampData(msgspec.Struct, frozen=True):
    stamp: _StampCount


_ADD = """
    INSERT INTO {table} (merchant_id, id, day, type, location_id, staff_member_id, program_id, times, stamps)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(types)s::text[], %(locations)s::uuid[], %(staff)s::uuid[],
        %(programs)s::uuid[], %(times)s::int[], %(stamps)s::int[]
    ) n
    ON CONFLICT (merchant_id, day, type, location_id, staff_member_id, program_id)
    DO UPDATE SET times = {table}.times + excluded.times, stamps = {table}.stamps + excluded.stamps
"""


def add_to_totals(tx: Statements, events: list[EventRow]) -> None:
    _count(tx, events, table="daily_total", start_of=lambda day: day)


def add_to_months(tx: Statements, events: list[EventRow]) -> None:
    _count(tx, events, table="monthly_total", start_of=lambda day: day.replace(day=1))


def forget_totals(tx: Statements) -> None:
    tx.write("DELETE FROM daily_total WHERE merchant_id = %s", (tx.merchant_id,))


def forget_months(tx: Statements) -> None:
    tx.write("DELETE FROM monthly_total WHERE merchant_id = %s", (tx.merchant_id,))


def happened_here(events: list[EventRow]) -> list[EventRow]:
    """What a file has brought in happened elsewhere: it would stand above all figures as one huge day."""
    return [event for event in events if event.source != "import"]


def count_stamps(event: EventRow) -> int:
    """How many the event put on a card; fewer than none where it took them back."""
    if event.type not in ("stamp.added", "stamp.reversed"):
        return 0
    return msgspec.json.decode(event.text, type=_StampData).stamp.count


def is_without_voucher(event: EventRow) -> bool:
    """Whether the owner decided that a reward counts as handed out, and no voucher was used for it."""
    return event.type == "scan.decided" and msgspec.json.decode(event.text, type=_Decision).without_voucher


def _count(tx: Statements, events: list[EventRow], *, table: str, start_of: Callable[[date], date]) -> None:
    merchant, programs = Merchant.objects.get(id=tx.merchant_id), programs_of(tx, events)
    times: Counter[_Kind] = Counter()
    stamps: Counter[_Kind] = Counter()
    for event in happened_here(events):
        kind = _Kind(
            day=start_of(local_day(merchant, event.at)),
            type=event.type,
            location_id=event.location_id,
            staff_member_id=event.staff_member_id,
            program_id=programs.get(event.card_id) if event.card_id else None,
        )
        times[kind] += 1
        stamps[kind] += count_stamps(event)
        if is_without_voucher(event):
            times[msgspec.structs.replace(kind, type=WITHOUT_VOUCHER)] += 1
    _add(tx, table, times, stamps)


def _add(tx: Statements, table: str, times: Counter[_Kind], stamps: Counter[_Kind]) -> None:
    kinds = list(times)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _kind in kinds],
        "days": [kind.day for kind in kinds],
        "types": [kind.type for kind in kinds],
        "locations": [kind.location_id for kind in kinds],
        "staff": [kind.staff_member_id for kind in kinds],
        "programs": [kind.program_id for kind in kinds],
        "times": [times[kind] for kind in kinds],
        "stamps": [stamps[kind] for kind in kinds],
    }
    tx.write(_ADD.format(table=table), facts)

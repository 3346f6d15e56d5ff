"""Counting how rewards are used, as it happens: in which way, and how long that took at the counter.

How long is known of what was scanned: from the scan to the hand-out. A use that is taken back later was still one that
took so long.
"""

from bisect import bisect_left
from collections import Counter
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.insight.daily_totals import happened_here
from stampwell.insight.programs_of_cards import programs_of
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

Way = Literal["self_redeem", "staff_scan", "redeem_code", "desk", "api"]
# Seconds are kept as the first of these that is not less. What took longer than the last was not waited for.
LADDER = (*range(1, 21), 25, 30, 35, 40, 45, 50, 55, 60, 75, 90, 105, 120, 150, 180, 240, 300, 420, 600)


class _Redemption(msgspec.Struct, frozen=True):
    at: datetime
    path: str
    source: str


class _Used(msgspec.Struct, frozen=True):
    redemption: _Redemption
    scanned_at: datetime | None = None


class _Reversal(msgspec.Struct, frozen=True):
    redemption_id: str


class _Reversed(msgspec.Struct, frozen=True):
    reversal: _Reversal


class _RedemptionRow(msgspec.Struct, frozen=True):
    id: UUID
    path: str
    source: str


class _Kind(msgspec.Struct, frozen=True):
    """`seconds` is None in the row that counts all."""

    day: date
    program_id: UUID | None
    way: Way
    seconds: int | None


_REDEMPTIONS = "SELECT id, path, source FROM redemption WHERE merchant_id = %s AND id = ANY(%s)"
_ADD = """
    INSERT INTO redemption_total AS r (merchant_id, id, day, program_id, way, seconds, times)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(programs)s::uuid[], %(ways)s::text[], %(seconds)s::int[], %(times)s::int[]
    ) n
    ON CONFLICT (merchant_id, day, program_id, way, seconds) DO UPDATE SET times = r.times + excluded.times
"""


def add_redemptions(tx: Statements, events: list[EventRow]) -> None:
    those = [event for event in happened_here(events) if event.type in ("voucher.redeemed", "voucher.reversed")]
    if not those:
        return
    merchant, programs = Merchant.objects.get(id=tx.merchant_id), programs_of(tx, those)
    reversed_ones = _reversed_ones(tx, [event for event in those if event.type == "voucher.reversed"])
    times: Counter[_Kind] = Counter()
    for event in those:
        day, program = local_day(merchant, event.at), programs.get(event.card_id) if event.card_id else None
        if event.type == "voucher.reversed":
            if before := reversed_ones.get(event.id):
                times[_Kind(day, program, way_of(before.path, before.source), None)] -= 1
            continue
        used = msgspec.json.decode(event.text, type=_Used)
        way = way_of(used.redemption.path, used.redemption.source)
        times[_Kind(day, program, way, None)] += 1
        if seconds := _seconds_of(used):
            times[_Kind(day, program, way, seconds)] += 1
    _add(tx, times)


def forget_redemptions(tx: Statements) -> None:
    tx.write("DELETE FROM redemption_total WHERE merchant_id = %s", (tx.merchant_id,))


def way_of(path: str, source: str) -> Way:
    """What a program or somebody at the desk did is that, whatever path the reward has."""
    match source:
        case "api":
            return "api"
        case "owner":
            return "desk"
    match path:
        case "self_redeem" | "redeem_code":
            return path
    return "staff_scan"


def _seconds_of(used: _Used) -> int | None:
    if used.scanned_at is None:
        return None
    took = max((used.redemption.at - used.scanned_at).total_seconds(), 0)
    return LADDER[bisect_left(LADDER, took)] if took <= LADDER[-1] else None


def _reversed_ones(tx: Statements, events: list[EventRow]) -> dict[UUID, _RedemptionRow]:
    """What was taken back, by the id of the event."""
    if not events:
        return {}
    of = {
        event.id: private_id("rdm", msgspec.json.decode(event.text, type=_Reversed).reversal.redemption_id)
        for event in events
    }
    rows = {row.id: row for row in tx.rows(_RedemptionRow, _REDEMPTIONS, (tx.merchant_id, list(of.values())))}
    return {event_id: rows[id] for event_id, id in of.items() if id in rows}


def _add(tx: Statements, times: Counter[_Kind]) -> None:
    rows = [row for row, number in times.items() if number]
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _row in rows],
        "days": [row.day for row in rows],
        "programs": [row.program_id for row in rows],
        "ways": [row.way for row in rows],
        "seconds": [row.seconds for row in rows],
        "times": [times[row] for row in rows],
    }
    tx.write(_ADD, facts)

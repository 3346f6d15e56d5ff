"""Counting how rewards are used, as it happens: in which way.

What is taken back is taken off on the day on which it was used, so no day has fewer than none.
"""

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


class _Redemption(msgspec.Struct, frozen=True):
    at: datetime
    path: str
    source: str


class _Used(msgspec.Struct, frozen=True):
    redemption: _Redemption


class _Reversal(msgspec.Struct, frozen=True):
    redemption_id: str


class _Reversed(msgspec.Struct, frozen=True):
    reversal: _Reversal


class _RedemptionRow(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    path: str
    source: str


class _Kind(msgspec.Struct, frozen=True):
    day: date
    program_id: UUID | None
    way: Way


_REDEMPTIONS = "SELECT id, at, path, source FROM redemption WHERE merchant_id = %s AND id = ANY(%s)"
_ADD = """
    INSERT INTO redemption_total AS r (merchant_id, id, day, program_id, way, times)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(programs)s::uuid[], %(ways)s::text[], %(times)s::int[]
    ) n
    ON CONFLICT (merchant_id, day, program_id, way) DO UPDATE SET times = r.times + excluded.times
"""


def add_redemptions(tx: Statements, events: list[EventRow]) -> None:
    those = [event for event in happened_here(events) if event.type in ("voucher.redeemed", "voucher.reversed")]
    if not those:
        return
    merchant, programs = Merchant.objects.get(id=tx.merchant_id), programs_of(tx, those)
    reversed_ones = _reversed_ones(tx, [event for event in those if event.type == "voucher.reversed"])
    times: Counter[_Kind] = Counter()
    for event in those:
        program = programs.get(event.card_id) if event.card_id else None
        if event.type == "voucher.reversed":
            if before := reversed_ones.get(event.id):
                times[_Kind(local_day(merchant, before.at), program, way_of(before.path, before.source))] -= 1
            continue
        used = msgspec.json.decode(event.text, type=_Used).redemption
        times[_Kind(local_day(merchant, used.at), program, way_of(used.path, used.source))] += 1
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
        "times": [times[row] for row in rows],
    }
    tx.write(_ADD, facts)

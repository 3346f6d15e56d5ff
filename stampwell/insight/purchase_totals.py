"""Adding up what customers spent, as it happens: how often they were stamped by somebody's hand, and for how much."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.actors import OF_PURCHASES
from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.insight.daily_totals import happened_here
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _Stamp(msgspec.Struct, frozen=True):
    """`reverses` is the public id of the stamp that this one takes back."""

    id: str
    reverses: str | None


class _StampData(msgspec.Struct, frozen=True):
    stamp: _Stamp


class _StampRow(msgspec.Struct, frozen=True):
    id: UUID
    program_id: UUID
    amount: int | None
    currency: str | None


class _Kind(msgspec.Struct, frozen=True):
    day: date
    program_id: UUID
    currency: str


# A stamp that came by itself, as those that a new card begins with, was no purchase.
_STAMPS = f"""
    SELECT s.id, c.program_id, s.amount, s.currency
    FROM stamp s JOIN card c ON c.merchant_id = s.merchant_id AND c.id = s.card_id
    WHERE s.merchant_id = %s AND s.id = ANY(%s) AND s.source IN {OF_PURCHASES}
"""
_ADD = """
    INSERT INTO purchase_total AS p (merchant_id, id, day, program_id, currency, times, amount)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(programs)s::uuid[], %(currencies)s::text[], %(times)s::int[],
        %(amounts)s::bigint[]
    ) n
    ON CONFLICT (merchant_id, day, program_id, currency)
    DO UPDATE SET times = p.times + excluded.times, amount = p.amount + excluded.amount
"""


def add_purchases(tx: Statements, events: list[EventRow]) -> None:
    stamped = [
        (event, msgspec.json.decode(event.text, type=_StampData).stamp)
        for event in happened_here(events)
        if event.type in ("stamp.added", "stamp.reversed")
    ]
    if not stamped:
        return
    wanted = [private_id("stp", stamp.reverses or stamp.id) for _event, stamp in stamped]
    found = {row.id: row for row in tx.rows(_StampRow, _STAMPS, (tx.merchant_id, wanted))}
    merchant = Merchant.objects.get(id=tx.merchant_id)
    times: Counter[_Kind] = Counter()
    amounts: Counter[_Kind] = Counter()
    for (event, stamp), id in zip(stamped, wanted, strict=True):
        if id is None or (row := found.get(id)) is None:
            continue
        kind = _Kind(local_day(merchant, event.at), row.program_id, row.currency or "")
        sign = -1 if stamp.reverses else 1
        times[kind] += sign
        amounts[kind] += sign * (row.amount or 0)
    _add(tx, times, amounts)


def forget_purchases(tx: Statements) -> None:
    tx.write("DELETE FROM purchase_total WHERE merchant_id = %s", (tx.merchant_id,))


def _add(tx: Statements, times: Counter[_Kind], amounts: Counter[_Kind]) -> None:
    kinds = list(times)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _kind in kinds],
        "days": [kind.day for kind in kinds],
        "programs": [kind.program_id for kind in kinds],
        "currencies": [kind.currency for kind in kinds],
        "times": [times[kind] for kind in kinds],
        "amounts": [amounts[kind] for kind in kinds],
    }
    tx.write(_ADD, facts)

"""Counting why scans were refused, as it happens: what goes wrong at the counter, in the words of the refusal."""

from collections import Counter
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


class _Refused(msgspec.Struct, frozen=True):
    day: date
    reason: str
    program_id: UUID | None


class _Reason(msgspec.Struct, frozen=True):
    reason: str


_ADD = """
    INSERT INTO refusal_total AS r (merchant_id, id, day, reason, program_id, times)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(reasons)s::text[], %(programs)s::uuid[], %(times)s::int[]
    ) n
    ON CONFLICT (merchant_id, day, reason, program_id) DO UPDATE SET times = r.times + excluded.times
"""


def add_refusals(tx: Statements, events: list[EventRow]) -> None:
    refused = [event for event in events if event.type == "scan.refused"]
    if not refused:
        return
    merchant, programs = Merchant.objects.get(id=tx.merchant_id), programs_of(tx, refused)
    times = Counter(
        _Refused(
            day=local_day(merchant, event.at),
            reason=msgspec.json.decode(event.text, type=_Reason).reason,
            program_id=programs.get(event.card_id) if event.card_id else None,
        )
        for event in refused
    )
    rows = list(times)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _row in rows],
        "days": [row.day for row in rows],
        "reasons": [row.reason for row in rows],
        "programs": [row.program_id for row in rows],
        "times": [times[row] for row in rows],
    }
    tx.write(_ADD, facts)


def forget_refusals(tx: Statements) -> None:
    tx.write("DELETE FROM refusal_total WHERE merchant_id = %s", (tx.merchant_id,))

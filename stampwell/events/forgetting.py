"""Taking a person out of what was written down about them. All else of an event stays as it was, also its place."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.events.draining import hold_feed
from stampwell.events.packing import pack, unpack
from stampwell.transactions import Statements


class _Packed(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    data: bytes


_OF_CARDS = "SELECT id, at, data FROM event WHERE merchant_id = %s AND card_id = ANY(%s)"
_REWRITE = """
    UPDATE event e SET data = n.data
    FROM unnest(%(ats)s::timestamptz[], %(ids)s::uuid[], %(data)s::bytea[]) AS n (at, id, data)
    WHERE e.merchant_id = %(merchant)s AND e.at = n.at AND e.id = n.id
"""


def forget_in_events(tx: Statements, card_ids: list[UUID], forget: Callable[[Any], bool]) -> None:
    """`forget` takes out of an event's facts what is to be forgotten, and says whether there was anything.

    The caller has locked the cards, so nothing more is written about them meanwhile.
    """
    changed = []
    for event in tx.rows(_Packed, _OF_CARDS, (tx.merchant_id, card_ids)):
        facts = msgspec.json.decode(unpack(event.data))
        if forget(facts):
            changed.append((event, pack(msgspec.json.encode(facts))))
    if changed:
        hold_feed(tx)  # whoever gives events their numbers writes the same rows
        facts = {
            "merchant": tx.merchant_id,
            "ats": [event.at for event, _data in changed],
            "ids": [event.id for event, _data in changed],
            "data": [data for _event, data in changed],
        }
        tx.write(_REWRITE, facts)

"""Which events are to be sent to which address: follows the events, and reads them again where that is asked for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.rows import EventRow
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where

REPLAYED_AT_ONCE = 500


class _Wanting(msgspec.Struct, frozen=True):
    """An address that is on, and what it wants to hear of."""

    id: UUID
    types: list[str]
    location_ids: list[UUID]
    made_up_to: int

    def wants(self, event: EventRow) -> bool:
        return (not self.types or event.type in self.types) and (
            not self.location_ids or event.location_id in self.location_ids
        )


class _Replaying(_Wanting, frozen=True):
    replay_after: int
    replay_until: int


# Held before what is sent there, as a replay holds it, which may note the same event at the same moment.
_ON = f"""
    SELECT {columns_of(_Wanting)} FROM webhook_endpoint WHERE merchant_id = %s AND state = 'on'
    ORDER BY id FOR NO KEY UPDATE
"""
_MADE = "UPDATE webhook_endpoint SET made_up_to = %s WHERE merchant_id = %s AND state = 'on' AND made_up_to < %s"
_VALUES = """
    INSERT INTO webhook_delivery
        (merchant_id, id, endpoint_id, event_id, type, sequence, state, tries, due, created, problem, answer)
    SELECT %(merchant)s, n.id, %(endpoint)s, n.event_id, n.type, n.sequence, 'waiting', 0, %(at)s, %(at)s, '', ''
    FROM unnest(%(ids)s::uuid[], %(events)s::uuid[], %(types)s::text[], %(sequences)s::bigint[])
        AS n (id, event_id, type, sequence)
    ON CONFLICT (merchant_id, endpoint_id, event_id)
"""
_KEEP = f"{_VALUES} DO NOTHING"
_KEEP_AGAIN = f"""{_VALUES} DO UPDATE SET
    state = 'waiting', tries = 0, due = excluded.due, leased_until = NULL, ended = NULL
"""
# Replays wait until what is due has gone, or they would stand in front of what happens now.
_IS_REPLAYING = """
    replay_after IS NOT NULL AND state = 'on' AND NOT EXISTS (
        SELECT 1 FROM webhook_delivery d
        WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND d.due <= %(now)s
    )
"""
_REPLAYING_SHOPS = f"SELECT DISTINCT merchant_id FROM webhook_endpoint e WHERE {_IS_REPLAYING}"
_REPLAYING = f"""
    SELECT {columns_of(_Replaying)} FROM webhook_endpoint e WHERE merchant_id = %(merchant)s AND {_IS_REPLAYING}
    ORDER BY id FOR NO KEY UPDATE OF e
"""
_STRETCH = f"""
    SELECT {columns_of(EventRow)} FROM event
    WHERE merchant_id = %s AND sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
"""
_REPLAYED = "UPDATE webhook_endpoint SET replay_after = %s, replay_until = %s WHERE merchant_id = %s AND id = %s"


def make_deliveries(tx: Statements, events: list[EventRow]) -> None:
    """Follows the events: one follower at a time, as its cursor is locked. Read once more, they make nothing anew."""
    wanting = tx.rows(_Wanting, _ON, (tx.merchant_id,))
    if not wanting:
        return
    for endpoint in wanting:
        _keep(
            tx,
            endpoint.id,
            [one for one in events if (one.sequence or 0) > endpoint.made_up_to and endpoint.wants(one)],
        )
    last = events[-1].sequence
    tx.write(_MADE, (last, tx.merchant_id, last))


def merchants_with_replays() -> list[UUID]:
    return merchants_where(_REPLAYING_SHOPS, {"now": now()})


def replay_further(merchant_id: UUID) -> None:
    """The next events of each address that asked for them once more; also those that it has had."""
    with merchant_transaction(merchant_id) as tx:
        for endpoint in tx.rows(_Replaying, _REPLAYING, {"merchant": merchant_id, "now": now()}):
            bounds = (endpoint.replay_after, endpoint.replay_until, REPLAYED_AT_ONCE)
            events = tx.rows(EventRow, _STRETCH, (merchant_id, *bounds))
            _keep(tx, endpoint.id, [event for event in events if endpoint.wants(event)], again=True)
            is_over = len(events) < REPLAYED_AT_ONCE
            place = (None, None) if is_over else (events[-1].sequence, endpoint.replay_until)
            tx.write(_REPLAYED, (*place, merchant_id, endpoint.id))


def _keep(tx: Statements, endpoint_id: UUID, events: Sequence[EventRow], *, again: bool = False) -> None:
    if not events:
        return
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "endpoint": endpoint_id,
        "at": now(),
        "ids": [new_id() for _event in events],
        "events": [event.id for event in events],
        "types": [event.type for event in events],
        "sequences": [event.sequence for event in events],
    }
    tx.write(_KEEP_AGAIN if again else _KEEP, facts)

"""What is sent of an event: the very thing that the API shows of it, and without links, which are secrets."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.journal.event_facts import ActorFacts, EventFacts, describe_events
from stampwell.merchants.access import ApiCaller
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, columns_of, merchant_reads
from stampwell.transactions.outages import OUTAGES
from stampwell.webhooks.rows import DeliveryRow

log = logging.getLogger(__name__)
LARGEST = 20_000  # bytes, by Standard Webhooks
TEST: Literal["webhook.test"] = "webhook.test"
_EVENTS = f"SELECT {columns_of(EventRow)} FROM event WHERE merchant_id = %s AND sequence = ANY(%s) ORDER BY sequence"


class NoBody(msgspec.Struct, frozen=True):
    """Why there is nothing to send, in a few words. One that is `for_good` is not tried again."""

    problem: str
    for_good: bool


EVENT_IS_GONE = NoBody("the event is no longer there", for_good=True)
NOT_DESCRIBED = NoBody("what is sent could not be made of the event", for_good=False)


class WebhookBodyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An event as `GET /events` shows it to a key that may see no links. `left_out` names the parts of `data` that are
    null because they were too large to be sent; that call has them. The `sequence` of a test is 0.
    """

    id: str
    type: EventType | Literal["webhook.test"]
    happened_at: datetime
    merchant_id: str
    location_id: str | None
    actor: ActorFacts | None
    sequence: int
    data: dict[str, Any]
    left_out: list[str]


def message_id(delivery: DeliveryRow) -> str:
    """The same for each try, and for each address."""
    return public_id("evt", delivery.event_id)


def bodies_of(merchant: Merchant, deliveries: Sequence[DeliveryRow]) -> dict[UUID, bytes | NoBody]:
    """By the ids of the deliveries. It is made when it is sent, so what was erased since is not in it.

    One that nothing can be made of keeps none of the others back.
    """
    try:
        with merchant_reads(merchant.id) as tx:
            return _make(tx, merchant, deliveries)
    except OUTAGES:
        raise
    except Exception:
        if len(deliveries) == 1:
            log.exception("Nothing to send could be made for delivery %s", deliveries[0].id)
            return {deliveries[0].id: NOT_DESCRIBED}
    return {id: body for one in deliveries for id, body in bodies_of(merchant, [one]).items()}


def _make(tx: Statements, merchant: Merchant, deliveries: Sequence[DeliveryRow]) -> dict[UUID, bytes | NoBody]:
    numbers = [delivery.sequence for delivery in deliveries if delivery.sequence is not None]
    events = tx.rows(EventRow, _EVENTS, (merchant.id, numbers)) if numbers else []
    shown = describe_events(tx, events, ApiCaller(merchant, Actor(source="clock"), frozenset()))
    by_event = {event.id: facts for event, facts in zip(events, shown, strict=True)}
    bodies: dict[UUID, bytes | NoBody] = {}
    for one in deliveries:
        if one.sequence is None:
            bodies[one.id] = _test_body(merchant, one)
        else:
            bodies[one.id] = _body(by_event[one.event_id]) if one.event_id in by_event else EVENT_IS_GONE
    return bodies


def _body(event: EventFacts) -> bytes:
    """The largest parts are left out, one by one, until the rest is small enough."""
    data, left_out = msgspec.to_builtins(event.data), list[str]()
    while True:
        body = _encode(event, data, left_out)
        if len(body) <= LARGEST or all(part is None for part in data.values()):
            return body
        largest = max(data, key=lambda name: len(msgspec.json.encode(data[name])))
        data = {**data, largest: None}
        left_out.append(largest)


def _encode(event: EventFacts, data: dict[str, Any], left_out: list[str]) -> bytes:
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return msgspec.json.encode(WebhookBodyFacts(**{**fields, "data": data}, left_out=left_out))


def _test_body(merchant: Merchant, delivery: DeliveryRow) -> bytes:
    return msgspec.json.encode(
        WebhookBodyFacts(
            id=message_id(delivery),
            type=TEST,
            happened_at=delivery.created,
            merchant_id=public_id("mer", merchant.id),
            location_id=None,
            actor=None,
            sequence=0,
            data={"webhook_id": public_id("whk", delivery.endpoint_id)},
            left_out=[],
        )
    )

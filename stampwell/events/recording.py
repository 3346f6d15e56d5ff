"""Writing down what happened, in the transaction in which it happens."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.actors import Actor
from stampwell.events.packing import pack
from stampwell.events.rows import EventRow
from stampwell.transactions import Statements

EventType = Literal[
    "card.issued",
    "card.saved",
    "card.removed",
    "card.recovered",
    "card.merged",
    "card.separated",
    "card.voided",
    "card.terms_changed",
    "stamp.added",
    "stamp.reversed",
    "milestone.reached",
    "draw.drawn",
    "round.completed",
    "voucher.issued",
    "voucher.ready",
    "voucher.revealed",
    "voucher.reserved",
    "voucher.released",
    "voucher.redeemed",
    "voucher.checked",
    "voucher.reversed",
    "voucher.partly_reversed",
    "voucher.extended",
    "voucher.ending",
    "voucher.expired",
    "voucher.voided",
    "voucher.confirmed",
    "code.handed_out",
    "code.awaited",
    "codes.successor_planned",
    "codes.successor_taken_back",
    "codes.running_low",
    "codes.exhausted",
    "codes.withdrawn",
    "codes.guessed",
    "scan.refused",
    "scan.conflicted",
    "scan.decided",
    "receipt_code.claimed",
    "consent.changed",
    "customer.updated",
    "customer.warned",
    "customer.erased",
    "customer.merged",
    "customer.separated",
    "program.published",
    "program.announced",
    "program.paused",
    "program.resumed",
    "program.closed",
    "station.enrolled",
    "station.revoked",
    "station.key_replaced",
    "station.seen",
    "location.added",
    "location.changed",
    "location.closed",
    "merchant.changed",
    "import.finished",
    "import.undone",
]


def record(
    tx: Statements,
    type: EventType,
    data: msgspec.Struct,
    *,
    at: datetime,
    actor: Actor,
    location_id: UUID | None = None,
    card_id: UUID | None = None,
    voucher_id: UUID | None = None,
    id: UUID | None = None,
) -> None:
    """One row for one fact. `data` is shown by the API as it is, so it must hold no link and no code.

    It happened where the actor is, unless another `location_id` is given.

    Events of one moment are read in the order of their ids. So the event that tells the cause may be given an earlier
    `id`.
    """
    event = event_of(type, data, at=at, actor=actor, card_id=card_id, voucher_id=voucher_id, id=id)
    if location_id:
        event = msgspec.structs.replace(event, location_id=location_id)
    tx.insert("event", event)


def event_of(
    type: EventType,
    data: msgspec.Struct,
    *,
    at: datetime,
    actor: Actor,
    card_id: UUID | None = None,
    voucher_id: UUID | None = None,
    id: UUID | None = None,
) -> EventRow:
    """The row, for a step that writes thousands of them at once."""
    return EventRow(
        id=id or new_id(),
        at=at,
        type=type,
        source=actor.source,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        card_id=card_id,
        voucher_id=voucher_id,
        sequence=None,
        data=pack(msgspec.json.encode(data)),
    )

"""An event as others are shown it: by the API, and by what is sent to other programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec

from stampwell.events.actors import Source
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.journal.event_links import issues_of, link_data, vouchers_in
from stampwell.merchants.access import ApiCaller
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements


class ActorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. `source` is api, scanner, owner (at the desk), card (the customer's phone), wallet, clock,
    operator (whoever runs the server) or import (a file that somebody brought in).

    `name` is what the person is called by now; where there is none, the device or the key.
    """

    source: Source
    staff_member_id: str | None
    station_id: str | None
    key_id: str | None
    name: str | None


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds the objects as they were then, shown as the API shows them.

    `actor` is null in old events of which nobody wrote down who did them.
    """

    id: str
    type: EventType
    happened_at: datetime
    merchant_id: str
    location_id: str | None
    actor: ActorFacts | None
    sequence: int
    data: dict[str, Any]


def describe_events(tx: Statements, rows: Sequence[EventRow], caller: ApiCaller) -> list[EventFacts]:
    """As this caller may see them: links as they are by now, or null. Each row has its number."""
    stored = [row.facts for row in rows]
    names = names_of(tx, (id for row in rows for id in _ids_of_actor(row)))
    cards = (row.card_id for row in rows if row.card_id)
    issues = issues_of(tx, cards=cards, vouchers=(id for data in stored for id in vouchers_in(data)))
    return [
        _describe(row, link_data(row, data, issues, caller), names, caller)
        for row, data in zip(rows, stored, strict=True)
    ]


def _describe(row: EventRow, data: dict[str, Any], names: Mapping[UUID, str], caller: ApiCaller) -> EventFacts:
    assert row.sequence is not None, "read in order"
    return EventFacts(
        id=public_id("evt", row.id),
        type=cast(EventType, row.type),  # written by `record`, which takes no other
        happened_at=row.at,
        merchant_id=public_id("mer", caller.merchant.id),
        location_id=public_id("loc", row.location_id) if row.location_id else None,
        actor=_describe_actor(row, names) if row.source else None,
        sequence=row.sequence,
        data=data,
    )


def _ids_of_actor(row: EventRow) -> tuple[UUID | None, ...]:
    """The one to be called by its name first."""
    return row.staff_member_id, row.station_id, row.api_key_id


def _describe_actor(row: EventRow, names: Mapping[UUID, str]) -> ActorFacts:
    assert row.source is not None, "asked only where it is known"
    called = [names[id] for id in _ids_of_actor(row) if id and id in names]
    return ActorFacts(
        source=cast(Source, row.source),
        staff_member_id=public_id("stf", row.staff_member_id) if row.staff_member_id else None,
        station_id=public_id("stn", row.station_id) if row.station_id else None,
        key_id=public_id("key", row.api_key_id) if row.api_key_id else None,
        name=called[0] if called else None,
    )

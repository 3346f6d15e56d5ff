"""Where in a shop's events each kind of event is found, so that a filter need not read all of them.

The events of a shop, in order, are cut into stretches of 512. For each kind it is kept in which stretches it occurs:
a filter finds the stretches that hold something for it and reads only those. Days would not do: of a busy shop one
day holds a hundred times as much, and a stretch is as long at a shop of any size. An index on the events themselves
would cost every stamp; this is written by the worker, afterwards.

Where the follower has not come yet, every stretch may hold anything: `stretches_with` says so.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.insight.programs_of_cards import programs_of
from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of

STRETCH = 512  # events
FOLLOWER = "event_stretches"


class EventKind(msgspec.Struct, frozen=True):
    """What a filter may ask for. `device_id` is a station or an API key."""

    type: str
    location_id: UUID | None
    staff_member_id: UUID | None
    device_id: UUID | None
    program_id: UUID | None


class KnownKind(EventKind, frozen=True):
    id: UUID


class _Ends(msgspec.Struct, frozen=True):
    """The last event that is in order, and the last one that was followed."""

    newest: int
    followed: int


_KINDS = f"SELECT {columns_of(KnownKind)} FROM event_kind WHERE merchant_id = %s"
_KINDS_OF_TYPES = f"{_KINDS} AND type = ANY(%s)"
_ADD_KINDS = """
    INSERT INTO event_kind (merchant_id, id, type, location_id, staff_member_id, device_id, program_id)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(types)s::text[], %(locations)s::uuid[], %(staff)s::uuid[], %(devices)s::uuid[],
        %(programs)s::uuid[]
    ) n
"""
_ADD_STRETCHES = """
    INSERT INTO event_stretch (merchant_id, id, kind_id, stretch)
    SELECT %(merchant)s, n.* FROM unnest(%(ids)s::uuid[], %(kinds)s::uuid[], %(stretches)s::bigint[]) n
    ON CONFLICT (merchant_id, kind_id, stretch) DO NOTHING
"""
_ENDS = """
    SELECT f.last_sequence AS newest, coalesce((
        SELECT max(c.last_sequence) FROM event_cursor c WHERE c.merchant_id = f.merchant_id AND c.name = %(name)s
    ), 0) AS followed
    FROM event_feed f WHERE f.merchant_id = %(merchant)s
"""
# The newest of each kind, and of those the newest: each kind is one walk along the index.
_STRETCHES = """
    SELECT DISTINCT s.stretch FROM unnest(%(kinds)s::uuid[]) AS kind(id) CROSS JOIN LATERAL (
        SELECT stretch FROM event_stretch
        WHERE merchant_id = %(merchant)s AND kind_id = kind.id AND stretch BETWEEN %(lowest)s AND %(highest)s
        ORDER BY stretch DESC LIMIT %(most)s
    ) s
    ORDER BY s.stretch DESC LIMIT %(most)s
"""


def stretch_of(sequence: int) -> int:
    return (sequence - 1) // STRETCH


def note_stretches(tx: Statements, events: list[EventRow]) -> None:
    """Follows the events: one follower at a time, as its cursor is locked."""
    programs = programs_of(tx, events)
    found = {(_kind_of(event, programs), stretch_of(event.sequence)) for event in events if event.sequence}
    ids = _ids_of(tx, {kind for kind, _stretch in found})
    pairs = sorted((ids[kind], stretch) for kind, stretch in found)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _pair in pairs],
        "kinds": [kind for kind, _stretch in pairs],
        "stretches": [stretch for _kind, stretch in pairs],
    }
    tx.write(_ADD_STRETCHES, facts)


def forget_stretches(tx: Statements) -> None:
    tx.write("DELETE FROM event_stretch WHERE merchant_id = %s", (tx.merchant_id,))
    tx.write("DELETE FROM event_kind WHERE merchant_id = %s", (tx.merchant_id,))


def kinds_in(tx: Statements) -> list[KnownKind]:
    """All that ever happened at the shop."""
    return tx.rows(KnownKind, _KINDS, (tx.merchant_id,))


def stretches_with(tx: Statements, kinds: Iterable[UUID], *, lowest: int, highest: int, most: int) -> list[int]:
    """The newest stretches that may hold an event of these kinds, the newest first; between two, both included."""
    ends = tx.row(_Ends, _ENDS, {"merchant": tx.merchant_id, "name": FOLLOWER}) or _Ends(0, 0)
    first, last = max(lowest, stretch_of(ends.followed + 1)), min(highest, stretch_of(ends.newest))
    unknown = range(last, first - 1, -1)[:most] if ends.followed < ends.newest else range(0)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "kinds": list(kinds),
        "lowest": lowest,
        "highest": min(highest, stretch_of(ends.followed)),
        "most": most,
    }
    return sorted({*unknown, *tx.values(int, _STRETCHES, facts)}, reverse=True)[:most]


def _kind_of(event: EventRow, programs: dict[UUID, UUID]) -> EventKind:
    return EventKind(
        type=event.type,
        location_id=event.location_id,
        staff_member_id=event.staff_member_id,
        device_id=event.station_id or event.api_key_id,
        program_id=programs.get(event.card_id) if event.card_id else None,
    )


def _ids_of(tx: Statements, kinds: set[EventKind]) -> dict[EventKind, UUID]:
    """A kind that is new gets its row."""
    alike = tx.rows(KnownKind, _KINDS_OF_TYPES, (tx.merchant_id, list({kind.type for kind in kinds})))
    known = {_bare(kind): kind.id for kind in alike}
    new = {kind: new_id() for kind in kinds - known.keys()}
    if new:
        _add_kinds(tx, new)
    return known | new


def _bare(kind: KnownKind) -> EventKind:
    return EventKind(kind.type, kind.location_id, kind.staff_member_id, kind.device_id, kind.program_id)


def _add_kinds(tx: Statements, new: dict[EventKind, UUID]) -> None:
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": list(new.values()),
        "types": [kind.type for kind in new],
        "locations": [kind.location_id for kind in new],
        "staff": [kind.staff_member_id for kind in new],
        "devices": [kind.device_id for kind in new],
        "programs": [kind.program_id for kind in new],
    }
    tx.write(_ADD_KINDS, facts)

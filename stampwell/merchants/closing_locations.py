"""Closing a location for good, and opening it again.

Its history stays, and so does its row. Each device there gets another place or is switched off, keys that are bound to
it give nothing any more, and rewards that belong to it alone can be used anywhere (`locations.places_that_count`).
Which locations are closed is written into the row of the merchant too: whatever is given there asks nothing more.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.merchants.changing import LocationChanged, lock_merchant
from stampwell.merchants.describing import LocationFacts, describe_location
from stampwell.merchants.enrolling import StationEvent, describe_station, write_revoked
from stampwell.merchants.locations import LocationClosed
from stampwell.merchants.models import Location, Merchant, Station
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction


class LastLocation(Refusal):
    code = "last_location"
    title = _("The shop needs a location")
    staff_text = _("This is the only location that is open.")
    customer_text = staff_text
    what_to_do = _("Add another location first. To stop giving stamps, pause or end the programs.")


class LocationShut(msgspec.Struct, frozen=True):
    """`moved` are the devices that stood there, each with its new place."""

    location: LocationFacts
    moved: list[StationEvent]


def stations_at(merchant: Merchant, location_id: UUID) -> list[Station]:
    return list(Station.objects.filter(merchant=merchant, location_id=location_id, revoked__isnull=True).order_by("id"))


def close_location(merchant: Merchant, location_id: UUID, *, moves: Mapping[UUID, UUID], actor: Actor) -> LocationFacts:
    """`moves` says to which location a device goes; one that is not named there is switched off.

    Refuses: NotFound, LastLocation, and LocationClosed where a device would go to a closed one.
    """
    with merchant_transaction(merchant.id) as tx:
        merchant, location, at = _held(tx, location_id)
        if location.closed:
            return describe_location(location)
        others = set(
            Location.objects.filter(merchant=merchant, closed__isnull=True)
            .exclude(id=location_id)
            .values_list("id", flat=True)
        )
        if not others:
            raise LastLocation
        if not others.issuperset(moves.values()):
            raise LocationClosed
        moved = _place_devices(tx, merchant, location_id, moves, at=at, actor=actor)
        facts = _write(merchant, location, at, [*merchant.closed_locations, location_id])
        record(tx, "location.closed", LocationShut(facts, moved), at=at, actor=actor, location_id=location_id)
        changed(tx, "location.closed", by=actor, name=location.name, subject_id=location_id)
        return facts


def open_location(merchant: Merchant, location_id: UUID, *, actor: Actor) -> LocationFacts:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        merchant, location, at = _held(tx, location_id)
        if not location.closed:
            return describe_location(location)
        facts = _write(merchant, location, None, [one for one in merchant.closed_locations if one != location_id])
        data = LocationChanged(facts, ["closed_at"])
        record(tx, "location.changed", data, at=at, actor=actor, location_id=location_id)
        changed(tx, "location.opened", by=actor, name=location.name, subject_id=location_id)
        return facts


def _held(tx: Statements, location_id: UUID) -> tuple[Merchant, Location, datetime]:
    """Of two who close the last two locations at once the second waits here, and reads what the first has done."""
    merchant = lock_merchant(tx)
    location = Location.objects.select_for_update(no_key=True).filter(merchant_id=merchant.id, id=location_id).first()
    if location is None:
        raise NotFound
    return merchant, location, now()


def _place_devices(
    tx: Statements, merchant: Merchant, location_id: UUID, moves: Mapping[UUID, UUID], *, at: datetime, actor: Actor
) -> list[StationEvent]:
    moved = []
    for station in stations_at(merchant, location_id):
        if (place := moves.get(station.id)) is None:
            write_revoked(tx, station, at=at, actor=actor)
            continue
        Station.objects.filter(merchant=merchant, id=station.id).update(location_id=place)
        station.location_id = place
        moved.append(describe_station(station))
    return moved


def _write(merchant: Merchant, location: Location, closed: datetime | None, all_closed: list[UUID]) -> LocationFacts:
    location.closed = closed
    Location.objects.filter(merchant=merchant, id=location.id).update(closed=closed)
    Merchant.objects.filter(id=merchant.id).update(closed_locations=all_closed)
    return describe_location(location)

"""Stations: a device becomes one by opening an enrolment link, and stops being one the moment it is revoked."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import msgspec
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import Actor, Source
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Location, Merchant, Station
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.tokens import is_same_secret, new_secret, secret_hash
from stampwell.transactions import Statements, merchant_transaction

ENROLMENT_LASTS = timedelta(minutes=15)
HANDS_IN_FOR = timedelta(days=30)


class EnrolmentEnded(Refusal):
    code = "enrolment_ended"
    kind = Kind.NOT_FOUND
    title = _("This link no longer works")
    staff_text = _("This link was already used or has expired.")
    customer_text = _("This link was already used or has expired.")
    what_to_do = _("Ask the owner to show a new QR code for this device.")


class StationEvent(msgspec.Struct, frozen=True):
    station_id: str
    kind: str
    name: str
    location_id: str


def invite_station(
    merchant: Merchant,
    location: Location,
    *,
    kind: str,
    name: str,
    lasts: timedelta = ENROLMENT_LASTS,
    invites_many: bool = False,
    actor: Actor | None = None,
) -> tuple[Station, str]:
    """A station that waits for its device, and the secret of the link that makes a device this station.

    With `invites_many` the link works until it ends, and each device that opens it becomes its own station.
    """
    secret = new_secret()
    station = Station(
        merchant=merchant,
        location=location,
        kind=kind,
        name=name,
        enrolment_hash=secret_hash(secret),
        enrolment_expires=now() + lasts,
        invites_many=invites_many,
    )
    with merchant_transaction(merchant.id) as tx:
        station.save(force_insert=True)
        if actor:
            told = {"location": location.name}
            changed(tx, "device.invited", by=actor, name=name, subject_id=station.id, after=told)
    return station, secret


def find_enrolment(merchant: Merchant, secret: str) -> Station:
    """What an enrolment link stands for, without using it. Refuses: EnrolmentEnded."""
    station = Station.objects.filter(
        merchant=merchant, enrolment_hash=secret_hash(secret), enrolment_expires__gt=now(), revoked__isnull=True
    ).first()
    if station is None:
        raise EnrolmentEnded
    return station


def enrol_station(merchant: Merchant, secret: str) -> tuple[Station, str]:
    """Makes the device that opens the link a station; returns the credential that it keeps.

    Refuses: EnrolmentEnded.
    """
    at, credential = now(), new_secret()
    with merchant_transaction(merchant.id) as tx:
        station = find_enrolment(merchant, secret)
        place = Location.objects.select_for_update(no_key=True).get(merchant=merchant, id=station.location_id)
        if place.closed:  # held, so that it is not closed before this is written
            raise EnrolmentEnded
        if station.invites_many:
            station = _another_station(merchant, station)
        taken = Station.objects.filter(merchant=merchant, id=station.id, secret_hash__isnull=True).update(
            enrolment_hash=None, enrolment_expires=None, secret_hash=secret_hash(credential), enrolled=at
        )
        if not taken:
            raise EnrolmentEnded
        station.refresh_from_db()
        record(tx, "station.enrolled", describe_station(station), at=at, actor=itself(station))
    return station, credential


def _another_station(merchant: Merchant, invitation: Station) -> Station:
    number = Station.objects.filter(merchant=merchant, kind=invitation.kind).count()
    return Station.objects.create(
        merchant=merchant,
        location_id=invitation.location_id,
        kind=invitation.kind,
        name=f"{invitation.name} {number}",
    )


def revoke_station(merchant: Merchant, station_id: UUID, *, actor: Actor) -> None:
    """From this moment the device can do nothing. Refuses: NotFound."""
    at = now()
    with merchant_transaction(merchant.id) as tx:
        station = Station.objects.filter(merchant=merchant, id=station_id, revoked__isnull=True).first()
        if station is None:
            raise NotFound
        write_revoked(tx, station, at=at, actor=actor)


def write_revoked(tx: Statements, station: Station, *, at: datetime, actor: Actor) -> None:
    Station.objects.filter(merchant_id=tx.merchant_id, id=station.id).update(
        revoked=at, secret_hash=None, revoked_hash=F("secret_hash"), enrolment_hash=None
    )
    record(tx, "station.revoked", describe_station(station), at=at, actor=actor, location_id=station.location_id)
    changed(tx, "device.revoked", by=actor, name=station.name, subject_id=station.id)


def rename_station(merchant: Merchant, station_id: UUID, name: str, *, actor: Actor) -> None:
    """Refuses: NotFound, also for one that was switched off: what it did is told under the name of then."""
    with merchant_transaction(merchant.id) as tx:
        rows = Station.objects.filter(merchant=merchant, id=station_id, revoked__isnull=True)
        station = rows.select_for_update(no_key=True).first()
        if station is None:
            raise NotFound
        rows.update(name=name)
        before, after = {"name": station.name}, {"name": name}
        changed(tx, "device.renamed", by=actor, name=station.name, subject_id=station_id, before=before, after=after)


def itself(station: Station) -> Actor:
    """A device with nobody at it."""
    return Actor(source=cast(Source, station.kind), location_id=station.location_id, station_id=station.id)


def describe_station(station: Station) -> StationEvent:
    return StationEvent(public_id("stn", station.id), station.kind, station.name, public_id("loc", station.location_id))


def find_station(merchant: Merchant, station_id: UUID, credential: str) -> Station | None:
    """The station whose device holds `credential`, unless it was revoked."""
    station = Station.objects.filter(merchant=merchant, id=station_id, revoked__isnull=True).first()
    if station is None or station.secret_hash is None:
        return None
    return station if is_same_secret(credential, bytes(station.secret_hash)) else None


def find_revoked_station(merchant: Merchant, station_id: UUID, credential: str) -> Station | None:
    """The station that was switched off lately, whose device held `credential`: it may hand in what it had kept."""
    since = now() - HANDS_IN_FOR
    station = Station.objects.filter(merchant=merchant, id=station_id, revoked__gt=since).first()
    if station is None or station.revoked_hash is None:
        return None
    return station if is_same_secret(credential, bytes(station.revoked_hash)) else None

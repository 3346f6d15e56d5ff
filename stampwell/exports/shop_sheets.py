"""The people, locations and devices of the shop, also those that are gone: a sheet for each."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.merchants.holidays import read_holidays
from stampwell.merchants.hours_words import say_holiday, say_week
from stampwell.merchants.models import Location, Merchant, StaffMember, Station
from stampwell.merchants.names import names_of
from stampwell.merchants.team_words import KIND_WORDS, ROLE_WORDS
from stampwell.transactions import Statements


def team_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("name", _("Name")),
        Column("role", _("Role")),
        Column("created_at", _("Since")),
        Column("left_at", _("Left the team on")),
        Column("person_id", "ID"),
    ]
    found = StaffMember.objects.filter(merchant=merchant).order_by("id")
    return _whole(columns, lambda _tx: map(_person, found))


def locations_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("name", _("Location")),
        Column("address", _("Address")),
        Column("time_zone", _("Time zone")),
        Column("opening_hours", _("Opening hours")),
        Column("holidays", _("Holidays")),
        Column("position", _("Position on the map")),
        Column("created_at", _("Since")),
        Column("closed_at", _("Closed for good on")),
        Column("location_id", "ID"),
    ]
    found = Location.objects.filter(merchant=merchant).order_by("id")
    return _whole(columns, lambda _tx: map(_location, found))


def devices_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("name", _("Device")),
        Column("kind", _("Kind of device")),
        Column("location", _("Location")),
        Column("enrolled_at", pgettext("a device, when", "Connected")),
        Column("last_seen_at", _("Last seen")),
        Column("last_scan_at", _("Last scan")),
        Column("app_version", _("Version of the app")),
        Column("saved_scans", _("Saved scans on the device")),
        Column("saved_since", _("Time of the oldest saved scan")),
        Column("saved_told_at", _("When the device reported this")),
        Column("revoked_at", pgettext("a device, when", "Switched off")),
        Column("device_id", "ID"),
    ]

    def rows(tx: Statements) -> Iterable[Row]:
        found = list(Station.objects.filter(merchant=merchant).order_by("id"))
        names = names_of(tx, (one.location_id for one in found))
        return [_device(one, names.get(one.location_id, "")) for one in found]

    return _whole(columns, rows)


def _whole(columns: list[Column], rows: Callable[[Statements], Iterable[Row]]) -> Sheet:
    """All of it at once: a shop has few of these."""
    return Sheet(columns, lambda _tx: None, lambda tx, _after: Piece(list(rows(tx)), None))


def _person(member: StaffMember) -> Row:
    role = str(ROLE_WORDS[StaffMember.Role(member.role)])
    return [member.name, role, member.created, member.left, public_id("stf", member.id)]


def _location(location: Location) -> Row:
    has_position = location.latitude is not None and location.longitude is not None
    return [
        location.name,
        location.address,
        location.time_zone,
        say_week(location.opening_hours),
        "; ".join(say_holiday(one) for one in read_holidays(location.holidays)),
        f"{location.latitude}, {location.longitude}" if has_position else "",
        location.created,
        location.closed,
        public_id("loc", location.id),
    ]


def _device(station: Station, location: str) -> Row:
    return [
        station.name,
        str(KIND_WORDS[Station.Kind(station.kind)]),
        location,
        station.enrolled,
        station.last_seen,
        station.last_scan,
        station.release,
        station.kept_scans,
        station.kept_since,
        station.kept_told,
        station.revoked,
        public_id("stn", station.id),
    ]

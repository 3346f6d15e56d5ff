"""By whose hand and where something happened, as names to show."""

from typing import Protocol, Self
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.merchants.models import ApiKey, Location, Merchant, StaffMember, Station


class _Handled(Protocol):
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    source: str = ""
    location_id: UUID | None = None
    station_id: UUID | None = None
    staff_member_id: UUID | None = None
    api_key_id: UUID | None = None

    @classmethod
    def of(cls, row: _Handled, source: str, location_id: UUID | None) -> Self:
        return cls(
            source=source,
            location_id=location_id,
            station_id=row.station_id,
            staff_member_id=row.staff_member_id,
            api_key_id=row.api_key_id,
        )


class Whereabouts(msgspec.Struct, frozen=True):
    """The names of everybody and everything at a merchant, read in four queries."""

    people: dict[UUID, str]
    stations: dict[UUID, str]
    keys: dict[UUID, str]
    locations: dict[UUID, str]

    def name(self, hand: Hand) -> list[str]:
        """Person, device or key, place; a thing that stands by itself is named, never put into a sentence."""
        station = self.stations.get(hand.station_id, "") if hand.station_id else ""
        found = [
            self.people.get(hand.staff_member_id, "") if hand.staff_member_id else "",
            station or _name_source(hand.source),
            self.keys.get(hand.api_key_id, "") if hand.api_key_id else "",
            self.locations.get(hand.location_id, "") if hand.location_id else "",
        ]
        return [name for name in found if name]


def whereabouts_of(merchant: Merchant) -> Whereabouts:
    return Whereabouts(
        people=dict(StaffMember.objects.filter(merchant=merchant).values_list("id", "name")),
        stations=dict(Station.objects.filter(merchant=merchant).values_list("id", "name")),
        keys=dict(ApiKey.objects.filter(merchant=merchant).values_list("id", "name")),
        locations=dict(Location.objects.filter(merchant=merchant).values_list("id", "name")),
    )


def _name_source(source: str) -> str:
    match source:
        case "owner":
            return _("By hand")
        case "scanner":
            return _("Scanner")
        case "api":
            return _("Through the API")
        case "card":
            return _("On the customer's phone")
    return ""

"""Finding a location, and whether it is open."""

from datetime import datetime
from uuid import UUID

from stampwell.merchants.hours import is_within
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Location
from stampwell.refusal import NotFound


def find_location(merchant_id: UUID, location_id: UUID) -> Location:
    location = Location.objects.filter(merchant_id=merchant_id, id=location_id).first()
    if location is None:
        raise NotFound
    return location


def is_open(location: Location, at: datetime) -> bool:
    """Whether the location is open; one that has no hours written down always is."""
    return not location.opening_hours or is_within(location.opening_hours, local_time(location, at))

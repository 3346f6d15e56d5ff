"""Opening hours, and opening a shop."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from stampwell.merchants.models import Location
from stampwell.refusal import NotFound


def find_location(merchant_id: UUID, location_id: UUID) -> Location:
    location = Location.objects.filter(merchant_id=merchant_id, id=location_id).first()
    if location is None:
        raise NotFound
    return location


def is_open(location: Location, at: datetime) -> bool:
    """Whether the location is open; one that has no hours written down always is."""
    if not location.opening_hours:
        return True
    local = at.astimezone(ZoneInfo(location.time_zone))
    today = location.opening_hours.get(str(local.isoweekday()), [])
    clock = local.strftime("%H:%M")
    return any(opens <= clock < closes for opens, closes in today)

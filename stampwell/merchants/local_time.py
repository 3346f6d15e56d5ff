"""What the clock of a shop, or of one of its locations, shows."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from stampwell.merchants.models import Location, Merchant


def local_time(place: Merchant | Location, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(place.time_zone))


def local_day(place: Merchant | Location, at: datetime) -> date:
    """The day that a moment belongs to: a shop's day ends at its own midnight."""
    return local_time(place, at).date()

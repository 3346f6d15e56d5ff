"""What the clock of a shop, or of one of its locations, shows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from stampwell.merchants.models import Location, Merchant


class Clock(msgspec.Struct, frozen=True):
    """One that is known by its time zone alone."""

    time_zone: str


type Place = Merchant | Location | Clock


def zone_of(place: Place) -> ZoneInfo:
    return ZoneInfo(place.time_zone)


def local_time(place: Place, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(place.time_zone))


def local_day(place: Place, at: datetime) -> date:
    """The day that a moment belongs to: a shop's day ends at its own midnight."""
    return local_time(place, at).date()


def start_of_day(place: Place, day: date) -> datetime:
    """The first moment of the day.

    Where the clock jumps over midnight, that is the moment of the jump, and Python takes a time that is skipped for
    just that one. Where midnight comes twice within a day, the first one counts.
    """
    return datetime.combine(day, time.min, ZoneInfo(place.time_zone)).astimezone(UTC)


def end_of_day(place: Place, day: date) -> datetime:
    """The moment at which the day is over: midnight, which belongs to the next one."""
    return start_of_day(place, day + timedelta(days=1))


def last_day_before(place: Place, end: datetime) -> date:
    """The last day of what ends at this moment."""
    return local_day(place, end - timedelta.resolution)

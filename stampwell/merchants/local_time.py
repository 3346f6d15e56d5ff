"""What the clock of a shop, or of one of its locations, shows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stampwell.merchants.models import Location, Merchant


def local_time(place: Merchant | Location, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(place.time_zone))


def local_day(place: Merchant | Location, at: datetime) -> date:
    """The day that a moment belongs to: a shop's day ends at its own midnight."""
    return local_time(place, at).date()


def start_of_day(place: Merchant | Location, day: date) -> datetime:
    """The first moment of the day.

    Where the clock jumps over midnight, that is the moment of the jump, and Python takes a time that is skipped for
    just that one. Where midnight comes twice within a day, the first one counts.
    """
    return datetime.combine(day, time.min, ZoneInfo(place.time_zone)).astimezone(UTC)


def end_of_day(place: Merchant | Location, day: date) -> datetime:
    """The moment at which the day is over: midnight, which belongs to the next one."""
    return start_of_day(place, day + timedelta(days=1))


def last_day_before(place: Merchant | Location, end: datetime) -> date:
    """The last day of what ends at this moment."""
    return local_day(place, end - timedelta.resolution)

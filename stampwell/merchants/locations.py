"""Finding a location, and whether it is open."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from stampwell.merchants.holidays import holiday_on, read_holidays
from stampwell.merchants.hours import WHOLE_DAY, Span, is_within_days
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Location, Merchant
from stampwell.refusal import NotFound, Refusal


class LocationClosed(Refusal):
    code = "location_closed"
    title = _("This location is closed")
    staff_text = _("This location was closed for good. Stamps and rewards are given at the others.")
    customer_text = _("This location was closed for good. Your card is valid at the others.")
    what_to_do = _("Choose another location, or ask a manager to open this one again.")
    what_manager_can_do = _("Choose another location, or open this one again in the settings.")
    what_customer_can_do = _("Show your card at another location.")


def find_location(merchant_id: UUID, location_id: UUID) -> Location:
    location = Location.objects.filter(merchant_id=merchant_id, id=location_id).first()
    if location is None:
        raise NotFound
    return location


def why_closed_there(merchant: Merchant, location_id: UUID | None) -> LocationClosed | None:
    """The reason why nothing is given at this location any more, or None. Asks no question: the shop's row knows."""
    return LocationClosed() if location_id in merchant.closed_locations else None


def places_that_count(merchant: Merchant, location_ids: list[UUID]) -> list[UUID]:
    """Where something that belongs to these locations is used; empty means anywhere.

    What belongs to closed locations alone is used anywhere: it was promised.
    """
    return [location_id for location_id in location_ids if location_id not in merchant.closed_locations]


def is_open(location: Location, at: datetime) -> bool:
    """Whether the location is open, by its own clock; one that has no hours written down always is, but on holidays."""
    return is_within_days(hours_by_day(location), local_time(location, at))


def hours_by_day(location: Location) -> Callable[[date], list[Span]]:
    """The hours that a location has on a day of the calendar; none where it is closed all day."""
    holidays = read_holidays(location.holidays)

    def hours_on(day: date) -> list[Span]:
        if holiday := holiday_on(holidays, day):
            return holiday.hours
        week = location.opening_hours
        return week.get(str(day.isoweekday()), []) if week else [WHOLE_DAY]

    return hours_on

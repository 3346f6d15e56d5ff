"""Days on which a location is closed or has other hours: single ones or several in a row, once or every year.

29 February comes in leap years alone, also where it returns every year; days around New Year may return too.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.merchants.hours import MOST_SPANS, HoursUnclear, Span, why_hours_unclear
from stampwell.refusal import Kind, Refusal

MOST_HOLIDAYS = 60  # of one location
LONGEST_NAME = 60
LONGEST_HOLIDAY = timedelta(days=365)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """From its first day until its last, both included. Without `hours` the location is closed."""

    first_day: date
    last_day: date
    every_year: bool = False
    name: str = ""
    hours: list[Span] = []


class HolidayUnclear(Refusal):
    code = "holiday_unclear"
    kind = Kind.INVALID
    title = _("The dates of the holiday are not right")
    staff_text = _("The last day of a holiday comes before its first day, or more than a year after it.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Correct the first or the last day.")


class TooManyHolidays(Refusal):
    """Facts: most."""

    code = "too_many_holidays"
    kind = Kind.INVALID
    title = _("Too many holidays")
    staff_text = _("A location can have %(most)d holidays at most.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Remove those that are over.")


def read_holidays(kept: Any) -> list[Holiday]:
    """As a location's row keeps them."""
    return msgspec.convert(kept, list[Holiday])


def keep_holidays(holidays: Sequence[Holiday]) -> list[dict[str, Any]]:
    """As a location's row keeps them: by their days, so that whoever reads them need not search."""
    ordered = sorted(holidays, key=lambda one: (one.first_day, one.last_day, one.name))
    kept: list[dict[str, Any]] = msgspec.to_builtins(ordered)
    return kept


def why_holidays_unclear(holidays: Sequence[Holiday]) -> Refusal | None:
    """The refusal to raise where they cannot be kept, or None."""
    if len(holidays) > MOST_HOLIDAYS:
        return TooManyHolidays(most=MOST_HOLIDAYS)
    for holiday in holidays:
        if not _has_clear_days(holiday):
            return HolidayUnclear()
        if len(holiday.hours) > MOST_SPANS:
            return HoursUnclear(hours=", ".join("–".join(span) for span in holiday.hours))
        if refusal := why_hours_unclear(holiday.hours):
            return refusal
    return None


def _has_clear_days(holiday: Holiday) -> bool:
    first, last = holiday.first_day, holiday.last_day
    return FIRST_DAY <= first <= last <= LAST_DAY and last - first < LONGEST_HOLIDAY


def holiday_on(holidays: Sequence[Holiday], day: date) -> Holiday | None:
    """The holiday that counts on this day. What was said of this year goes before what returns every year, and the
    shorter one before the longer one: whoever writes both means an exception.
    """
    found = [one for one in holidays if _holds_on(one, day)]
    return min(found, key=lambda one: (one.every_year, one.last_day - one.first_day), default=None)


def _holds_on(holiday: Holiday, day: date) -> bool:
    if not holiday.every_year:
        return holiday.first_day <= day <= holiday.last_day
    first, last, today = (_in_any_year(one) for one in (holiday.first_day, holiday.last_day, day))
    if holiday.first_day.year == holiday.last_day.year:
        return first <= today <= last
    return today >= first or today <= last


def _in_any_year(day: date) -> tuple[int, int]:
    return day.month, day.day

"""Of which days the figures are, and with which earlier days they are compared."""

from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, get_args

import msgspec
from django.utils.translation import gettext as _

from stampwell.languages.period_names import name_day, name_days, name_month, name_year

type Length = Literal["day", "week", "month", "year"]
LENGTHS: tuple[Length, ...] = get_args(Length.__value__)
FIRST_DAY = date(2000, 1, 1)  # before it there was no shop


class NoSuchPeriod(Exception):
    """What the address asks for is no period; the message is for the reader."""


class Days(msgspec.Struct, frozen=True):
    """From the first to the last, both included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        return name_days(self.first, self.last)

    @property
    def in_journal(self) -> str:
        """What the address of the journal says of these days, behind something else."""
        return f"&from={self.first.isoformat()}&to={self.last.isoformat()}"


class Period(msgspec.Struct, frozen=True):
    """A week is the seven days until `on`; month and year are those of the calendar.

    A period that is still running is compared with as much of the earlier one.
    """

    length: Length
    days: Days
    today: date

    @property
    def name(self) -> str:
        match self.length:
            case "day":
                return name_day(self.days.first)
            case "week":
                return self.days.name
            case "month":
                return name_month(self.days.first)
            case "year":
                return name_year(self.days.first)

    @property
    def so_far(self) -> Days:
        return Days(self.days.first, min(self.days.last, self.today))

    @property
    def in_journal(self) -> str:
        """Of the days so far."""
        return self.so_far.in_journal

    @property
    def before(self) -> Days:
        """The earlier days that are compared with those so far: of a day, the same weekday."""
        back = timedelta(days=7 if self.length == "day" else 1)
        whole, so_far = _days_of(self.length, self.days.first - back), self.so_far
        if so_far == self.days:
            return whole
        if self.length == "year":
            return Days(whole.first, _in_year(so_far.last, whole.first.year))
        return Days(whole.first, min(whole.last, whole.first + (so_far.last - so_far.first)))

    @property
    def earlier(self) -> "Period | None":
        """None where there was no shop yet."""
        last = self.days.first - timedelta(days=1)
        return None if last < FIRST_DAY else period_on(self.length, last, self.today)

    @property
    def later(self) -> "Period | None":
        """None where it has not begun."""
        if self.days.last >= self.today:
            return None
        on = self.days.last + timedelta(days=7 if self.length == "week" else 1)
        return period_on(self.length, min(on, self.today), self.today)

    @property
    def query(self) -> str:
        return f"period={self.length}&on={min(self.days.last, self.today).isoformat()}"


def read_period(given: Mapping[str, str], today: date) -> Period:
    """What the address asks for; the last seven days where it asks for nothing. Raises NoSuchPeriod."""
    length = next((one for one in LENGTHS if one == given.get("period", "week")), None)
    if length is None:
        raise NoSuchPeriod(_("There is no such period. These are the last seven days."))
    try:
        on = date.fromisoformat(given["on"]) if given.get("on") else today
    except ValueError:
        raise NoSuchPeriod(_("There is no such day. These are the last seven days.")) from None
    if on > today:
        raise NoSuchPeriod(_("This day has not come yet. These are the last seven days."))
    if on < FIRST_DAY:
        raise NoSuchPeriod(_("There are no figures from so long ago. These are the last seven days."))
    return period_on(length, on, today)


def period_on(length: Length, on: date, today: date) -> Period:
    return Period(length, _days_of(length, on), today)


def _days_of(length: Length, on: date) -> Days:
    match length:
        case "day":
            return Days(on, on)
        case "week":
            return Days(on - timedelta(days=6), on)
        case "month":
            return Days(on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1]))
        case "year":
            return Days(date(on.year, 1, 1), date(on.year, 12, 31))


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is the 28th where there is none."""
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)

"""Days, months and years as the name of a period: what stands above figures."""

from datetime import date, time

from babel import dates, numbers

from stampwell.languages.formatting import with_minus
from stampwell.languages.offered import active_locale, babel_locale


def name_day(day: date) -> str:
    """Thursday, 26 November 2026; it stands alone."""
    return _as_a_heading(dates.format_date(day, "full", locale=babel_locale(active_locale())))


def name_days(first: date, last: date) -> str:
    """20–26 Nov 2026."""
    if first == last:
        return dates.format_skeleton("yMMMd", first, locale=babel_locale(active_locale()))
    return dates.format_interval(first, last, "yMMMd", locale=babel_locale(active_locale()))


def name_month(day: date) -> str:
    """November 2026."""
    return _as_a_heading(dates.format_skeleton("yMMMM", day, locale=babel_locale(active_locale())))


def name_month_in_chart(day: date) -> str:
    """Nov."""
    return dates.format_date(day, "LLL", locale=babel_locale(active_locale()))


def name_year(day: date) -> str:
    return dates.format_skeleton("y", day, locale=babel_locale(active_locale()))


def name_weekday_in_chart(weekday: int) -> str:
    """Thu; Monday is 0."""
    return str(babel_locale(active_locale()).days["stand-alone"]["abbreviated"][weekday])


def name_hours(hour: int) -> str:
    """14:00, as the beginning of an hour."""
    return dates.format_time(time(hour % 24), "short", locale=babel_locale(active_locale()))


def format_change(change: int) -> str:
    """+12, or −5."""
    return with_minus(numbers.format_decimal(change, "+#,##0;-#,##0", locale=babel_locale(active_locale())))


def _as_a_heading(name: str) -> str:
    return name[0].upper() + name[1:]

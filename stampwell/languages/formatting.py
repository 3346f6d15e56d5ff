"""Dates, times, numbers and amounts as the reader of the active language writes them (by Babel, CLDR).

Every function takes the time zone of the place it speaks about; a moment without a zone is a mistake of ours.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from itertools import pairwise
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, units
from babel.core import get_global
from django.utils.translation import gettext as _

from stampwell.languages.offered import active_locale, babel_locale

# A minor unit is that of ISO 4217, as tills and payment systems count; CLDR says 0 digits for these because
# nobody uses the coins any more. An amount that has them shows them.
MINOR_DIGITS_BY_ISO = {"IQD": 3} | dict.fromkeys(
    ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"), 2
)

# Nobody has a coin of these below the unit any more; of the others CLDR knows it, as digits of cash.
WITHOUT_SMALL_COINS = {"KZT"}

_SIZES = (("terabyte", 10**12), ("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3))


@dataclass(frozen=True)
class Money:
    """An amount in minor units (1250, "EUR" is 12.50 euro; 500, "JPY" is 500 yen)."""

    minor: int
    currency: str


@dataclass(frozen=True)
class End:
    """The moment at which something is over. Where a day ends with it, people are told that day.

    It is the day of `zone`, wherever it is read: what is counted by the clock of a place ends by that clock.
    """

    moment: datetime
    zone: ZoneInfo | None = field(default=None, compare=False)


def format_date(when: datetime | date, zone: ZoneInfo | None = None) -> str:
    """22 November 2026, in the reader's order and words."""
    return dates.format_date(_day_at(when, zone), "long", locale=_locale())


def format_short_date(when: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Day and month as short as they can be understood, for lists: 22 Nov."""
    return dates.format_skeleton("MMMd", _day_at(when, zone), locale=_locale())


def format_chart_day(day: date) -> str:
    """Day and month below a bar of a chart, seven beside each other on a phone."""
    locale = _locale()
    return dates.format_skeleton("Md" if locale.language == "ja" else "MMMd", day, locale=locale)


def format_time(when: datetime | time, zone: ZoneInfo | None = None) -> str:
    """14:05; with a datetime, the clock of `zone`."""
    if isinstance(when, datetime):
        when = _moment_at(when, zone).timetz()
    return dates.format_time(when, "short", locale=_locale())


def format_moment(when: datetime, zone: ZoneInfo) -> str:
    """Date and time of day, without seconds."""
    there, locale = _moment_at(when, zone), _locale()
    pattern = str(locale.datetime_formats["medium"])
    return pattern.replace("{1}", _medium_date(there)).replace("{0}", dates.format_time(there, "short", locale=locale))


def format_start(when: datetime, zone: ZoneInfo) -> str:
    """From when on: the first day, where a day of `zone` begins at this moment, else date and time."""
    there = _moment_at(when, zone)
    if _moment_at(when - timedelta.resolution, zone).date() < there.date():
        return _medium_date(there)
    return format_moment(when, zone)


def format_end(when: datetime, zone: ZoneInfo) -> str:
    """Until when: the last day, where a day of `zone` ends at this moment, else date and time."""
    last = _moment_at(when - timedelta.resolution, zone)
    if last.date() < _moment_at(when, zone).date():
        return _medium_date(last)
    return format_moment(when, zone)


def format_exact_moment(when: datetime, zone: ZoneInfo) -> str:
    """Date and time with seconds: what staff compare on a self-redeem screen."""
    there, locale = _moment_at(when, zone), _locale()
    pattern = str(locale.datetime_formats["medium"])
    clock = dates.format_time(there, "medium", locale=locale)
    return pattern.replace("{1}", _medium_date(there)).replace("{0}", clock)


def format_near_moment(when: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“today at 14:05” while yesterday, today and tomorrow say it best, else date and time; stands alone."""
    there, here = _moment_at(when, zone), _moment_at(now, zone)
    clock = format_time(there, zone)
    match (there.date() - here.date()).days:
        case 0:
            return _("today at %(time)s") % {"time": clock}
        case -1:
            return _("yesterday at %(time)s") % {"time": clock}
        case 1:
            return _("tomorrow at %(time)s") % {"time": clock}
    return format_moment(when, zone)


def format_distance(when: datetime, *, now: datetime) -> str:
    """“in 3 days”, “2 minutes ago”."""
    return _without_blanks(dates.format_timedelta(when - now, add_direction=True, threshold=1, locale=_locale()))


def format_duration(length: timedelta) -> str:
    """“3 days”, “30 seconds”."""
    return _without_blanks(dates.format_timedelta(length, threshold=1, locale=_locale()))


def format_number(number: int | float | Decimal) -> str:
    return _say_number(number, active_locale())


def format_exact_percent(share: Decimal) -> str:
    """As `format_percent`, to a hundredth of a percent: for what is promised, such as odds."""
    locale = babel_locale(active_locale())
    pattern = re.sub(r"0(?=\s?%)", "0.##", str(locale.percent_formats[None].pattern))
    return with_minus(numbers.format_percent(share, pattern, locale))


@lru_cache(maxsize=10_000)  # a page of figures says some hundred numbers, and Babel is slow at each
def _say_number(number: int | float | Decimal, locale: str) -> str:
    return with_minus(numbers.format_decimal(number, locale=babel_locale(locale)))


def format_percent(share: float | Decimal) -> str:
    """`share` of one: 0.42 is 42 %. One decimal at most, and only if it says something."""
    return _say_percent(round(Decimal(str(share)) * 100, 1), active_locale())


@lru_cache(maxsize=10_000)  # a page of figures says a hundred shares, each with one decimal: there are few of them
def _say_percent(percent: Decimal, name: str) -> str:
    locale = babel_locale(name)
    pattern = re.sub(r"0(?=\s?%)", "0.#", str(locale.percent_formats[None].pattern))
    return with_minus(numbers.format_percent(percent / 100, pattern, locale))


def format_bytes(size: int) -> str:
    """“3.4 GB”; a thousand of each make one of the next, as disks are sold."""
    unit, of_one = next(((name, one) for name, one in _SIZES if size >= one), _SIZES[-1])
    rounded = round(size / of_one, 1 if size < 100 * of_one else 0)
    said = units.format_unit(rounded, f"digital-{unit}", length="short", locale=_locale())
    return _without_blanks(said).replace("MБ", "МБ")  # CLDR's Kazakh begins it with a Latin M


def format_money(amount: Money) -> str:
    """12,50 €: the amount with its currency, and no decimals that nobody uses: 15 000 soʻm, 120 RSD."""
    digits = minor_digits(amount.currency)
    value = Decimal(amount.minor).scaleb(-digits)
    if value == value.to_integral_value() and not _has_small_coins(amount.currency):
        digits = 0
    locale = _locale()
    pattern = _with_digits(locale, digits)
    return with_minus(numbers.format_currency(value, amount.currency, pattern, locale=locale, currency_digits=False))


def with_minus(number: str) -> str:
    """CLDR writes a hyphen before a number below nothing in most languages; people read a minus sign."""
    return number.replace("-", "−")


def minor_digits(currency: str) -> int:
    """How many decimals one minor unit of the currency stands for, by ISO 4217."""
    return MINOR_DIGITS_BY_ISO.get(currency, numbers.get_currency_precision(currency))


def digits_paid(currency: str) -> int:
    """How many of these decimals people pay with: none of a currency whose small coins are gone."""
    return minor_digits(currency) if _has_small_coins(currency) else 0


def format_list(items: Iterable[str]) -> str:
    """“A, B and C”."""
    return lists.format_list([str(item) for item in items], locale=_locale())


def format_choice(items: Iterable[str]) -> str:
    """“A, B or C”."""
    return lists.format_list([str(item) for item in items], style="or", locale=_locale())


def format_weekdays(weekdays: Collection[int]) -> str:
    """“Mon–Fri, Sun” from {0, 1, 2, 3, 4, 6}; Monday is 0. Three days in a row or more make a range."""
    locale = _locale()
    names = locale.days["format"]["abbreviated"]  # as they are written inside a line
    between = re.sub(r"\s*[–-]\s*", "–", str(locale.interval_formats[None]))
    parts: list[str] = []
    for run in _runs(sorted(set(weekdays))):
        if len(run) < 3:
            parts += [names[day] for day in run]
        else:
            parts.append(between.format(names[run[0]], names[run[-1]]))
    comma = str(locale.list_patterns["standard"]["middle"])
    return reduce(comma.format, parts) if parts else ""


def name_weekday(weekday: int) -> str:
    """The whole name of a weekday as it stands alone, as a label does; Monday is 0."""
    name = str(_locale().days["stand-alone"]["wide"][weekday])
    return name[0].upper() + name[1:]


def _locale() -> Locale:
    return babel_locale(active_locale())


def _day_at(when: datetime | date, zone: ZoneInfo | None) -> date:
    return _moment_at(when, zone).date() if isinstance(when, datetime) else when


def _moment_at(when: datetime, zone: ZoneInfo | None) -> datetime:
    assert when.tzinfo is not None, "a moment needs its time zone"
    assert zone is not None, "a moment is read on a clock somewhere: give that place's zone"
    return when.astimezone(zone)


def _medium_date(day: date) -> str:
    """22 Nov 2026. CLDR's Kazakh alone writes a zero before a single digit, which people do not."""
    locale = _locale()
    pattern = str(locale.date_formats["medium"])
    return dates.format_date(day, pattern.replace("dd", "d") if locale.language == "kk" else "medium", locale=locale)


def _without_blanks(length: str) -> str:
    """Japanese has none beside digits, though CLDR writes them there."""
    return length.replace(" ", "") if _locale().language == "ja" else length


def _has_small_coins(currency: str) -> bool:
    """Whether people still pay in less than one unit of it."""
    fractions = get_global("currency_fractions")
    cash_digits = fractions.get(currency, fractions["DEFAULT"])[2]
    return cash_digits > 0 and currency not in WITHOUT_SMALL_COINS


def _with_digits(locale: Locale, digits: int) -> str:
    pattern = str(locale.currency_formats["standard"].pattern)
    return pattern.replace("0.00", "0." + "0" * digits if digits else "0")


def _runs(days: list[int]) -> list[list[int]]:
    """[0,1,2,4] → [[0,1,2],[4]]"""
    if not days:
        return []
    runs = [[days[0]]]
    for before, day in pairwise(days):
        if day == before + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs

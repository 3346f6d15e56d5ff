"""When something was, as tills write it: in which order day and month stand, by which clock, with a time or without."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from stampwell.languages.folding import folded_words
from stampwell.languages.typed import plain
from stampwell.reconciling.till_reports import DateOrder

FIRST_YEAR, LAST_YEAR = 2000, 2199
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet counts days, by nobody's clock
_SERIALS = (36_526, 109_574)  # the years above
_DAY = re.compile(r"(\d{1,4})([-/.年]) ?(\d{1,2})(?:\2|月) ?(\d{1,4})(?:日|\.)?(?:[T ,]+|$)(.*)", re.DOTALL)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:[T ]?(\d{2}:?\d{2}(?::?\d{2})?))?")
_TIME = re.compile(
    r"(\d{1,2})[:.時](\d{2})(?:[:.分](\d{2}))?(?:[.,]\d{1,9})?[分秒]? ?([ap]\.?m\.?)? ?(z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{1,6}(?:[.,]\d{1,15})?")
_NAMED_HERE = {  # as Rails calls zones, and so do Square and Shopify
    "eastern time us canada": "America/New_York",
    "central time us canada": "America/Chicago",
    "mountain time us canada": "America/Denver",
    "pacific time us canada": "America/Los_Angeles",
    "atlantic time canada": "America/Halifax",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    "osaka": "Asia/Tokyo",
    "sapporo": "Asia/Tokyo",
    "kyiv": "Europe/Kyiv",
    "edinburgh": "Europe/London",
    "astana": "Asia/Almaty",
    "jst": "Asia/Tokyo",
    "utc": "UTC",
    "gmt": "UTC",
}


class Unreadable(Exception):
    """This is no date, or no time."""


# gc=False: a report has a hundred thousand of them, and none can hold itself.
class SaidTime(msgspec.Struct, frozen=True, gc=False):
    """`zone` is None where only the clock on the wall was told; `has_time` is False where only the day was."""

    local: datetime
    zone: tzinfo | None
    has_time: bool

    def at(self, wall: ZoneInfo) -> datetime:
        """The moment; `wall` is the clock of where it was."""
        return self.local.replace(tzinfo=self.zone or wall).astimezone(UTC)


def read_time(text: str, *, order: DateOrder, zone: tzinfo | None = None) -> SaidTime:
    """A date, with or without a time behind it. `order` is that of day and month where a year does not come first.

    Raises Unreadable.
    """
    text = plain(text)
    if found := _DAY.fullmatch(text):
        day = _day_of(found[1], found[3], found[4], found[2], order)
        if not found[5]:
            return SaidTime(datetime.combine(day, time.min), zone, has_time=False)
        moment, own = _time_of(found[5])
        return SaidTime(datetime.combine(day, moment), own or zone, has_time=True)
    if found := _COMPACT.fullmatch(text):
        day = _make_day(int(found[1]), int(found[2]), int(found[3]))
        said = found[4].replace(":", "") if found[4] else ""
        return SaidTime(datetime.combine(day, _make_time(said[:2], said[2:4], said[4:])), zone, has_time=bool(said))
    return _read_serial(text, zone)


def read_day_and_time(day: str, clock: str, *, order: DateOrder, zone: tzinfo | None = None) -> SaidTime:
    """Of two columns; the second may be empty. Raises Unreadable."""
    said = read_time(day, order=order, zone=zone)
    clock = plain(clock)
    if not clock:
        return said
    if _SERIAL.fullmatch(clock):
        share = float(clock.replace(",", "."))
        if not 0 <= share < 1:
            raise Unreadable(clock)
        moment, own = (_SERIAL_ZERO + timedelta(seconds=round(share * 86_400))).time(), None
    else:
        moment, own = _time_of(clock)
    return SaidTime(datetime.combine(said.local.date(), moment), own or said.zone, has_time=True)


def find_order(texts: Iterable[str], *, latest: date) -> DateOrder:
    """In which order day and month stand in a whole file; "" where nobody can tell.

    One day beyond the twelfth tells it; so does one that would not have come by `latest`.
    """
    fits = {"dmy": True, "mdy": True}
    is_open = False
    for text in texts:
        if _begins_with_year(text):
            continue
        found = _DAY.fullmatch(plain(text))
        if found is None or len(found[1]) > 2 or found[2] == ".":
            continue
        is_open = True
        for order in ("dmy", "mdy"):
            try:
                fits[order] = fits[order] and _day_of(found[1], found[3], found[4], found[2], order) <= latest
            except Unreadable:
                fits[order] = False
    if is_open and fits["dmy"] != fits["mdy"]:
        return "dmy" if fits["dmy"] else "mdy"
    return ""


def needs_order(text: str) -> bool:
    """Whether day and month of it could change places."""
    if _begins_with_year(text):
        return False
    found = _DAY.fullmatch(plain(text))
    if found is None or len(found[1]) > 2 or found[2] == ".":
        return False
    return int(found[1]) <= 12 and int(found[3]) <= 12 and int(found[1]) != int(found[3])


def _begins_with_year(text: str) -> bool:
    """As most files write it: then nothing else of it need be looked at."""
    return text[:4].isdecimal()


@lru_cache(maxsize=200)
def zone_named(name: str) -> ZoneInfo | None:
    """Of `Europe/Riga`, and of “Eastern Time (US & Canada)”; None for a name that nobody knows."""
    words = " ".join(folded_words(name[:100]))
    known = _NAMED_HERE.get(words) or _zones_by_city().get(words)
    return ZoneInfo(known) if known else None


@lru_cache(maxsize=1)
def _zones_by_city() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        found.setdefault(" ".join(folded_words(name)), name)
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")):
            found.setdefault(" ".join(folded_words(name.rpartition("/")[2])), name)
    return found


def _day_of(first: str, second: str, third: str, sign: str, order: str) -> date:
    if len(first) > 2:
        return _make_day(int(first), int(second), int(third))
    year = int(third) + (2000 if len(third) <= 2 else 0)
    if sign == "." or order == "dmy":
        return _make_day(year, int(second), int(first))
    if order == "mdy":
        return _make_day(year, int(first), int(second))
    if int(second) > 12:
        return _make_day(year, int(first), int(second))
    if int(first) > 12 or first == second:
        return _make_day(year, int(second), int(first))
    raise Unreadable(f"{first}{sign}{second}")


def _make_day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(year)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(day) from None


def _time_of(text: str) -> tuple[time, tzinfo | None]:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Unreadable(text)
    hour = int(found[1])
    if half := (found[4] or "").lower():
        if not 1 <= hour <= 12:
            raise Unreadable(text)
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return _make_time(str(hour), found[2], found[3] or ""), _offset_of(found[5] or "")


def _make_time(hour: str, minute: str, second: str) -> time:
    try:
        return time(int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        raise Unreadable(hour) from None


@lru_cache(maxsize=200)
def _offset_of(text: str) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    try:
        return datetime.strptime(text.replace(":", ""), "%z").tzinfo
    except ValueError:
        raise Unreadable(text) from None


def _read_serial(text: str, zone: tzinfo | None) -> SaidTime:
    """The days that a spreadsheet counts, where a cell lost its look."""
    if not _SERIAL.fullmatch(text):
        raise Unreadable(text)
    days = float(text.replace(",", "."))
    if not _SERIALS[0] <= days < _SERIALS[1]:
        raise Unreadable(text)
    local = _SERIAL_ZERO + timedelta(seconds=round(days * 86_400))
    return SaidTime(local, zone, has_time=not days.is_integer())

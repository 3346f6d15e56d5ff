"""Hours of a day and of a week, wherever somebody writes them down: of a location, or of a reward.

A span is two times of day, ["08:00", "18:00"]: from its first minute until before its last. One that ends earlier
than it begins goes over midnight and belongs to the day on which it began. 24:00 and 00:00 both end a day.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from stampwell.languages.formatting import format_time
from stampwell.languages.typed import plain
from stampwell.refusal import Kind, Refusal

type Span = list[str]
type Week = dict[str, list[Span]]
"""Spans by ISO weekday, "1" to "7"; a day that is missing has none."""

CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
DAY = 24 * 60
WHOLE_DAY: Final[Span] = ["00:00", "24:00"]
MOST_SPANS = 10  # on one day
HOUR = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=15)  # hours of one day in the week may be skipped once, by a change of the clock
_CLOCK_WRITTEN = re.compile(r"(\d{1,2})(?:[:.時](\d{2})?分?)?(?: ?([ap])\.? ?m\.?)?")  # 8, 8:00, 8.30, 8時30分, 8 pm
_PARTED = re.compile("[-~,;、/]")


class HoursUnclear(Refusal):
    """Facts: hours (as they were written)."""

    code = "hours_unclear"
    kind = Kind.INVALID
    title = _("The hours are not clear")
    staff_text = _("These hours cannot be read: %(hours)s.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Enter two different times such as 8:00-18:00, or 22:00-2:00 until the next morning.")


def read_spans(text: str) -> list[Span]:
    """The spans of a day as people write them: "8-12, 13:00-18:30". Refuses: HoursUnclear."""
    typed = plain(text)  # 8：00～18：00, as a Japanese keyboard writes it
    return [_read_span(part.strip()) for part in re.split("[,;、/]", typed) if part.strip()]


def read_times(opens: str, closes: str) -> list[Span]:
    """What two fields say: a time in each, or in one of them whole hours, which then count alone.

    Refuses: HoursUnclear.
    """
    for text in (opens, closes):
        if _PARTED.search(plain(text)):
            return read_spans(text)
    return read_spans("-".join(text for text in (opens, closes) if text))


def read_clock(text: str) -> str:
    """08:00 for 8, 8.00 or 8 am; "" for what is no time of a day."""
    found = _CLOCK_WRITTEN.fullmatch(plain(text).lower())
    if not found:
        return ""
    hour, minute, half = int(found[1]), found[2] or "00", found[3]
    if half and not 1 <= hour <= 12:
        return ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    clock = f"{hour:02d}:{minute}"
    return clock if re.fullmatch(CLOCK, clock) else ""


def _read_span(text: str) -> Span:
    span = [read_clock(clock) for clock in re.split("[-~]", text)]
    if not _is_span(span):
        raise HoursUnclear(hours=text)
    opens, closes = span
    return [opens, "24:00" if closes == "00:00" else closes]


def why_hours_unclear(spans: Collection[Span]) -> HoursUnclear | None:
    """The refusal to raise where one of them is no span, or holds no minute."""
    wrong = next((span for span in spans if not _is_span(span)), None)
    return None if wrong is None else HoursUnclear(hours="–".join(wrong))


def _is_span(span: Span) -> bool:
    if len(span) != 2 or not all(re.fullmatch(CLOCK, clock) for clock in span) or span[0] == "24:00":
        return False
    opens, closes = _minutes_of(span)
    return opens < closes


def say_span(span: Span) -> str:
    """In the reader's language: 08:00–18:00."""
    opens, closes = (format_time(time(minute // 60 % 24, minute % 60)) for minute in _minutes_of(span))
    return f"{opens}–{closes}"


def is_whole_day(spans: list[Span]) -> bool:
    return len(spans) == 1 and _minutes_of(spans[0]) == (0, DAY)


def goes_over_midnight(span: Span) -> bool:
    return _minutes_of(span)[1] > DAY


def week_of(weekdays: Collection[int], spans: list[Span]) -> Week:
    """The same spans on each of the weekdays. No weekdays are all of them, and no spans the whole day."""
    return {str(weekday): spans or [WHOLE_DAY] for weekday in weekdays or range(1, 8)}


def minutes_of_week(week: Week) -> frozenset[int]:
    """Each minute of the week at which the hours hold, counted from Monday."""
    spans = ((int(day) - 1, span) for day in week for span in _spans_on(week, int(day)))
    return frozenset(
        (day * DAY + minute) % (7 * DAY) for day, (opens, closes) in spans for minute in range(opens, closes)
    )


def is_within(week: Week, local: datetime) -> bool:
    """Whether the week's hours hold at this moment, as the clock on the wall shows it."""
    return is_within_days(lambda day: week.get(str(day.isoweekday()), []), local)


def is_within_days(spans_on: Callable[[date], Collection[Span]], local: datetime) -> bool:
    """As `is_within`, where each day of the calendar may have hours of its own."""
    minute, today = local.hour * 60 + local.minute, local.date()
    return any(
        opens <= minute + since < closes
        for day, since in ((today, 0), (today - timedelta(days=1), DAY))
        for opens, closes in map(_minutes_of, spans_on(day))
    )


def is_ever_within(week: Week, begin: datetime, end: datetime) -> bool:
    """Whether the hours hold at any moment from `begin` on and before `end`, both on the same clock."""
    last = min(end, begin + LONGEST_WAIT)
    return any(_holds_between(week, since, until) for since, until in _even_stretches(begin, last))


def _even_stretches(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when until when the clock on the wall runs on without being changed, as it shows these times."""

    def ahead(moment: datetime) -> timedelta:
        return moment.astimezone(begin.tzinfo).replace(tzinfo=None) - moment.replace(tzinfo=None)

    since, end = begin.astimezone(UTC), end.astimezone(UTC)
    while since < end:
        until = min(since + HOUR, end)
        while until < end and ahead(until) == ahead(since):
            until = min(until + HOUR, end)
        until = _end_of_run(since, until, ahead)
        yield (since + ahead(since)).replace(tzinfo=None), (until + ahead(since)).replace(tzinfo=None)
        since = until


def _end_of_run(since: datetime, until: datetime, ahead: Callable[[datetime], timedelta]) -> datetime:
    """The first moment at which the clock is another one than at `since`; `until` if there is none before it."""
    same, other = max(since, until - HOUR), until
    if ahead(other - timedelta.resolution) == ahead(since):
        return until
    while other - same > timedelta.resolution:
        middle = same + (other - same) / 2
        if ahead(middle) == ahead(since):
            same = middle
        else:
            other = middle
    return other


def _holds_between(week: Week, since: datetime, until: datetime) -> bool:
    day = datetime.combine(since.date(), time.min) - timedelta(days=1)  # its night may go on
    while day < until:
        for opens, closes in _spans_on(week, day.isoweekday()):
            if max(day + timedelta(minutes=opens), since) < min(day + timedelta(minutes=closes), until):
                return True
        day += timedelta(days=1)
    return False


def _spans_on(week: Week, weekday: int) -> Iterator[tuple[int, int]]:
    return map(_minutes_of, week.get(str(weekday), []))


def _minutes_of(span: Span) -> tuple[int, int]:
    """From and until which minute of its first day; the end is beyond that day where it goes over midnight."""
    opens, closes = (int(hours) * 60 + int(minutes) for hours, _, minutes in (clock.partition(":") for clock in span))
    closes = closes or DAY
    return opens, closes + DAY if closes < opens else closes

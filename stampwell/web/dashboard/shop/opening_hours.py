"""The part of a location's form that says when it is open: a switch for each day, and a pair of times for each span.

Everything works by posting the form, also adding a pair and copying a day. What was typed stays as it was typed until
it can be read; how times are read is `merchants.hours`' to say.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from stampwell.languages.explaining import explain
from stampwell.languages.formatting import name_weekday
from stampwell.merchants.hours import (
    CLOCK,
    MOST_SPANS,
    WHOLE_DAY,
    HoursUnclear,
    Span,
    Week,
    goes_over_midnight,
    is_whole_day,
    read_clock,
    read_times,
)

WEEKDAYS: Final = range(1, 6)
ALL_DAYS: Final = range(1, 8)
PROPOSED: Final[Span] = ["09:00", "18:00"]
LONGEST_TYPED = 100
_ACT = re.compile(r"(add|remove|read|weekdays|all)-([1-7])(?:-([0-9]))?")


@dataclass(frozen=True)
class Pair:
    """From when until when, as it stands in two fields."""

    opens: str
    closes: str

    @property
    def is_plain(self) -> bool:
        """Whether a browser's field for a time can show both; it would drop anything else that was typed."""
        return all(
            not clock or (re.fullmatch(CLOCK, clock) and clock != "24:00") for clock in (self.opens, self.closes)
        )

    @property
    def goes_over_midnight(self) -> bool:
        return bool(self.opens and self.closes) and self.is_plain and goes_over_midnight([self.opens, self.closes])


@dataclass
class Day:
    number: int
    is_open: bool
    is_whole: bool
    pairs: list[Pair]
    error: str = ""
    new_pair: int | None = None  # to which the focus goes

    @property
    def name(self) -> str:
        return name_weekday(self.number - 1)

    @property
    def prefix(self) -> str:
        return f"day_{self.number}"

    @property
    def rows(self) -> list[tuple[str, Pair]]:
        """Each pair with the name that its two fields begin with."""
        return [(f"{self.prefix}-{row}", pair) for row, pair in enumerate(self.pairs)]

    @property
    def has_room(self) -> bool:
        return len(self.pairs) < MOST_SPANS

    def read(self) -> list[Span]:
        """Refuses: HoursUnclear."""
        if not self.is_open:
            return []
        if self.is_whole:
            return [WHOLE_DAY]
        spans = [span for pair in self.pairs for span in read_times(pair.opens, pair.closes)]
        if len(spans) > MOST_SPANS:
            raise HoursUnclear(hours=", ".join("–".join(span) for span in spans))
        return spans

    def check(self) -> None:
        try:
            if self.is_open and not self.read():
                self.error = _("Enter the opening hours of this day, or switch the day off.")
        except HoursUnclear as refusal:
            said = explain(refusal, ZoneInfo("UTC"))
            self.error = f"{said.staff_message} {said.what_to_do}"

    def tidy(self) -> None:
        """Shows what was pasted as pairs of times. What cannot be read stays; half a pair is only not ready yet."""
        pairs: list[Pair] = []
        for pair in self.pairs:
            try:
                pairs += [_pair_of(span) for span in read_times(pair.opens, pair.closes)] or [pair]
            except HoursUnclear:
                pairs.append(Pair(read_clock(pair.opens) or pair.opens, read_clock(pair.closes) or pair.closes))
        if len(pairs) <= MOST_SPANS:
            self.pairs = pairs
        if not all(pair.is_plain for pair in self.pairs):
            self.check()


@dataclass
class OpeningHours:
    always: bool
    days: list[Day]
    error: str = ""
    done: str = field(default="")  # what a button just did

    @property
    def is_clear(self) -> bool:
        return self.always or not (self.error or any(day.error for day in self.days))

    @property
    def week(self) -> Week:
        """As a location keeps it; empty means always open."""
        return {} if self.always else {str(day.number): day.read() for day in self.days}

    def check(self) -> None:
        for day in self.days:
            day.check()
        if not any(day.is_open for day in self.days):
            self.error = _("Switch on at least one day, or choose “At any time”.")


def hours_of(week: Week) -> OpeningHours:
    """What the form shows for a location. One without hours is offered the usual ones."""
    if not week:
        usual = {str(number): [PROPOSED] for number in WEEKDAYS}
        return OpeningHours(always=True, days=[_day_of(number, usual.get(str(number), [])) for number in ALL_DAYS])
    return OpeningHours(always=False, days=[_day_of(number, week.get(str(number), [])) for number in ALL_DAYS])


def posted_hours(data: QueryDict) -> OpeningHours:
    """As they were sent, not yet checked."""
    return OpeningHours(always=data.get("opening") == "always", days=[_posted_day(data, number) for number in ALL_DAYS])


def rearranged_hours(data: QueryDict) -> OpeningHours:
    """As they were sent, with what the pressed button asks for."""
    hours, act = posted_hours(data), _ACT.fullmatch(data.get("act", ""))
    if act is None:
        return hours
    day = hours.days[int(act[2]) - 1]
    match act[1]:
        case "add" if day.has_room:
            day.pairs.append(Pair("", ""))
            day.new_pair = len(day.pairs) - 1
        case "remove" if act[3] and len(day.pairs) > 1:
            del day.pairs[int(act[3]) : int(act[3]) + 1]
        case "read":
            day.tidy()
        case "weekdays":
            _copy(hours, day, to=WEEKDAYS)
            hours.done = _("Monday to Friday now have these hours.")
        case "all":
            _copy(hours, day, to=ALL_DAYS)
            hours.done = _("All days now have these hours.")
    return hours


def _copy(hours: OpeningHours, day: Day, *, to: range) -> None:
    for number in to:
        hours.days[number - 1] = Day(number, day.is_open, day.is_whole, list(day.pairs))


def _day_of(number: int, spans: list[Span]) -> Day:
    whole = is_whole_day(spans)
    return Day(number, bool(spans), whole, [_pair_of(span) for span in spans if not whole] or [_pair_of(PROPOSED)])


def _pair_of(span: Span) -> Pair:
    opens, closes = span
    return Pair(opens, "00:00" if closes == "24:00" else closes)  # no browser's field for a time knows 24:00


def _posted_day(data: QueryDict, number: int) -> Day:
    name, rows = f"day_{number}", data.get(f"day_{number}-rows", "1")
    count = int(rows) if rows.isascii() and rows.isdecimal() and len(rows) < 3 else 1
    pairs = [
        Pair(
            data.get(f"{name}-{row}-opens", "")[:LONGEST_TYPED].strip(),
            data.get(f"{name}-{row}-closes", "")[:LONGEST_TYPED].strip(),
        )
        for row in range(min(max(count, 1), MOST_SPANS))
    ]
    return Day(number, f"{name}-open" in data, f"{name}-whole" in data, pairs)

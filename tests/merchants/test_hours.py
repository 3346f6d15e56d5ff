from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stampwell.merchants.hours import (
    HoursUnclear,
    Week,
    is_ever_within,
    is_within,
    read_spans,
    read_times,
    say_span,
    week_of,
    why_hours_unclear,
)

RIGA = ZoneInfo("Europe/Riga")
NIGHT: Week = {"6": [["22:00", "02:00"]]}  # Saturday


def at(day: int, clock: str, *, month: int = 11, fold: int = 0) -> datetime:
    """2026-11-21 is a Saturday."""
    hour, minute = clock.split(":")
    return datetime(2026, month, day, int(hour), int(minute), tzinfo=RIGA, fold=fold)


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        (["08:00", "18:00"], ["08:00", "17:59"], ["07:59", "18:00", "00:00"]),
        (["22:00", "02:00"], ["22:00", "23:59", "00:00", "01:59"], ["02:00", "21:59", "12:00"]),
        (["18:00", "00:00"], ["18:00", "23:59"], ["00:00", "17:59"]),
        (["18:00", "24:00"], ["18:00", "23:59"], ["00:00", "17:59"]),
        (["00:00", "24:00"], ["00:00", "12:00", "23:59"], []),
        (["00:00", "00:00"], ["00:00", "12:00", "23:59"], []),
        (["08:00", "08:00"], [], ["07:59", "08:00", "20:00"]),  # refused today, but it may stand in an old version
    ],
)
def test_a_span_begins_with_its_first_minute_and_ends_before_its_last(
    span: list[str], inside: list[str], outside: list[str]
) -> None:
    week = week_of([], [span])

    assert [clock for clock in inside if not is_within(week, at(21, clock))] == []
    assert [clock for clock in outside if is_within(week, at(21, clock))] == []


def test_a_span_over_midnight_belongs_to_the_day_it_began() -> None:
    assert is_within(NIGHT, at(21, "23:00"))
    assert is_within(NIGHT, at(22, "01:00"))
    assert not is_within(NIGHT, at(22, "23:00"))
    assert not is_within(NIGHT, at(21, "01:00"))


def test_the_night_from_sunday_to_monday_is_sundays() -> None:
    week = week_of([7], [["22:00", "02:00"]])

    assert is_within(week, at(23, "01:00"))
    assert not is_within(week, at(22, "01:00"))


def test_days_without_hours_are_whole_days() -> None:
    week = week_of([6], [])

    assert is_within(week, at(21, "00:00"))
    assert is_within(week, at(21, "23:59"))
    assert not is_within(week, at(22, "00:00"))


def test_the_clock_on_the_wall_counts_when_it_is_changed() -> None:
    night = week_of([6], [["22:00", "03:30"]])

    # On 25 October 2026 the clock goes from four back to three, on 28 March 2027 from three to four.
    assert is_within(night, at(25, "03:15", month=10, fold=0))
    assert is_within(night, at(25, "03:15", month=10, fold=1))
    assert not is_within(night, at(25, "03:45", month=10, fold=0))
    assert is_within(night, datetime(2027, 3, 28, 2, 59, tzinfo=RIGA))
    assert not is_within(night, datetime(2027, 3, 28, 4, 0, tzinfo=RIGA))


@pytest.mark.parametrize("clock", ["03:00", "03:15", "03:40", "03:59"])
@pytest.mark.parametrize(("month", "day", "year"), [(10, 25, 2026), (3, 28, 2027), (11, 22, 2026)])
def test_whether_hours_ever_hold_is_what_looking_at_each_minute_says(
    clock: str, month: int, day: int, year: int
) -> None:
    """In the night in which the hour from three to four comes twice, in the one without it, and in a plain one."""
    hour, minute = clock.split(":")
    later = f"{int(hour):02d}:{int(minute) + 10:02d}" if minute < "50" else f"{int(hour) + 1:02d}:09"
    week = week_of([7], [[clock, later]])
    evening = datetime(year, month, day - 1, 23, 0, tzinfo=RIGA)
    for first in range(0, 8 * 60, 7):
        for length in (1, 10, 59):
            begin = (evening.astimezone(UTC) + timedelta(minutes=first)).astimezone(RIGA)
            end = (begin.astimezone(UTC) + timedelta(minutes=length)).astimezone(RIGA)
            minutes = [(begin.astimezone(UTC) + timedelta(minutes=n)).astimezone(RIGA) for n in range(length)]

            assert is_ever_within(week, begin, end) == any(is_within(week, moment) for moment in minutes)


def test_hours_that_a_change_of_the_clock_skips_hold_a_week_later() -> None:
    week = week_of([7], [["03:10", "03:50"]])  # there is no such time on 28 March 2027
    monday = datetime(2027, 3, 22, 12, 0, tzinfo=RIGA)

    assert is_ever_within(week, monday, datetime(2027, 4, 30, tzinfo=RIGA))
    assert not is_ever_within(week, monday, datetime(2027, 4, 3, tzinfo=RIGA))


@pytest.mark.parametrize(
    "span",
    [
        ["08:00", "08:00"],
        ["24:00", "02:00"],
        ["24:00", "24:00"],
        ["8:00", "18:00"],
        ["08:00", "25:00"],
        ["08:00", "24:01"],
        ["08:60", "18:00"],
        ["0٨:00", "18:00"],
        ["08:00"],
        ["08:00", "12:00", "18:00"],
    ],
)
def test_what_is_no_span_is_refused(span: list[str]) -> None:
    refusal = why_hours_unclear([["08:00", "18:00"], span])

    assert refusal
    assert refusal.facts == {"hours": "–".join(span)}


def test_a_span_may_go_over_midnight_or_until_the_end_of_the_day() -> None:
    assert why_hours_unclear([["08:00", "18:00"], ["22:00", "02:00"], ["18:00", "24:00"], ["00:00", "00:00"]]) is None


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("8:00-18:00", [["08:00", "18:00"]]),
        ("8:00-12:00, 13.00–18:00", [["08:00", "12:00"], ["13:00", "18:00"]]),
        ("8：00～12：00、13：00～18：00", [["08:00", "12:00"], ["13:00", "18:00"]]),
        ("22:00 - 2:00", [["22:00", "02:00"]]),
        ("٨:٠٠-١٨:٣٠", [["08:00", "18:30"]]),
        ("18:00-24:00; 0:00-2:00", [["18:00", "24:00"], ["00:00", "02:00"]]),
        ("18:00-0:00", [["18:00", "24:00"]]),
        ("8-18", [["08:00", "18:00"]]),
        ("8–12, 13–18", [["08:00", "12:00"], ["13:00", "18:00"]]),
        ("08.00—18.30", [["08:00", "18:30"]]),
        ("8 − 12 / 13 ‑ 24", [["08:00", "12:00"], ["13:00", "24:00"]]),
        ("8時〜18時30分", [["08:00", "18:30"]]),
        ("8 am - 6:30 p.m.", [["08:00", "18:30"]]),
        ("12 PM–12 AM", [["12:00", "24:00"]]),
        ("0-24", [["00:00", "24:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: list[list[str]]) -> None:
    assert read_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "8-9-10",
        "8:00",
        "8:00-18:00 and later",
        "18:00-18:00",
        "24:00-2:00",
        "8:00-18:77",
        "8-25",
        "8-13 pm",
        "-",
        "٪-8",
    ],
)
def test_what_nobody_can_read_is_refused_with_its_words(text: str) -> None:
    with pytest.raises(HoursUnclear) as refused:
        read_spans(f"8:00-9:00, {text}")

    assert refused.value.facts == {"hours": text}


@pytest.mark.parametrize(
    ("opens", "closes", "spans"),
    [
        ("08:00", "18:00", [["08:00", "18:00"]]),
        ("8", "18.30", [["08:00", "18:30"]]),
        ("8-18", "", [["08:00", "18:00"]]),
        ("", "8-18", [["08:00", "18:00"]]),
        ("8-12, 13-18", "17:00", [["08:00", "12:00"], ["13:00", "18:00"]]),
        ("18:00", "00:00", [["18:00", "24:00"]]),
        ("00:00", "00:00", [["00:00", "24:00"]]),
        ("", "", []),
    ],
)
def test_two_fields_say_a_span_or_one_of_them_says_it_all(opens: str, closes: str, spans: list[list[str]]) -> None:
    assert read_times(opens, closes) == spans


@pytest.mark.parametrize(("opens", "closes"), [("08:00", ""), ("", "18:00"), ("soon", "18:00"), ("8", "8")])
def test_a_time_alone_is_no_span(opens: str, closes: str) -> None:
    with pytest.raises(HoursUnclear):
        read_times(opens, closes)


def test_midnight_at_the_end_is_said_as_a_time_of_day() -> None:
    assert say_span(["18:00", "24:00"]) == "18:00–00:00"


@pytest.mark.parametrize(
    ("week", "begin", "end", "meets"),
    [
        (week_of([2], []), at(21, "12:00"), at(23, "12:00"), False),  # no Tuesday before Monday noon
        (week_of([2], []), at(21, "12:00"), at(24, "00:00"), False),
        (week_of([2], []), at(21, "12:00"), at(24, "00:01"), True),
        (week_of([2], []), at(24, "23:59"), at(25, "12:00"), True),
        (week_of([2], []), at(25, "00:00"), at(26, "12:00"), False),
        (NIGHT, at(22, "01:00"), at(22, "01:30"), True),
        (NIGHT, at(22, "02:00"), at(27, "12:00"), False),
        (NIGHT, at(22, "02:00"), at(28, "22:01"), True),
        (week_of([], [["09:00", "10:00"]]), at(21, "10:00"), at(22, "09:00"), False),
        (week_of([], []), at(21, "12:00"), at(21, "12:00"), False),
        (week_of([], []), at(22, "12:00"), at(21, "12:00"), False),
        (week_of([], [["08:00", "08:00"]]), at(1, "12:00"), at(28, "12:00"), False),
    ],
)
def test_whether_hours_come_before_an_end(week: Week, begin: datetime, end: datetime, meets: bool) -> None:
    assert is_ever_within(week, begin, end) == meets

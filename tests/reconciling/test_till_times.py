"""Times as tills write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from stampwell.reconciling.till_times import (
    Unreadable,
    find_order,
    needs_order,
    read_day_and_time,
    read_time,
    zone_named,
)

RIGA = ZoneInfo("Europe/Riga")


@pytest.mark.parametrize(
    ("text", "order", "at"),
    [
        ("2026-09-03 10:15:00 -0400", "", datetime(2026, 9, 3, 14, 15, tzinfo=UTC)),
        ("2026-11-20T18:02:11Z", "", datetime(2026, 11, 20, 18, 2, 11, tzinfo=UTC)),
        ("2026-11-20T18:02:11.123456+02:00", "", datetime(2026, 11, 20, 16, 2, 11, tzinfo=UTC)),
        ("7/28/26 1:33 PM", "mdy", datetime(2026, 7, 28, 10, 33, tzinfo=UTC)),
        ("7/28/26 12:05 AM", "mdy", datetime(2026, 7, 27, 21, 5, tzinfo=UTC)),
        ("7/28/26 1:33\u202fPM", "mdy", datetime(2026, 7, 28, 10, 33, tzinfo=UTC)),
        ("01/10/2026 23:50", "dmy", datetime(2026, 10, 1, 20, 50, tzinfo=UTC)),
        ("31/12/2025", "", datetime(2025, 12, 30, 22, 0, tzinfo=UTC)),
        ("20.11.2026 23:41:10", "", datetime(2026, 11, 20, 21, 41, 10, tzinfo=UTC)),
        ("2026/10/31 10:15", "", datetime(2026, 10, 31, 8, 15, tzinfo=UTC)),
        ("2026年10月31日 10:15", "", datetime(2026, 10, 31, 8, 15, tzinfo=UTC)),
        ("２０２６/１０/３１ １０:１５", "", datetime(2026, 10, 31, 8, 15, tzinfo=UTC)),
        ("20261031 1015", "", datetime(2026, 10, 31, 8, 15, tzinfo=UTC)),
        ("46326.5", "", datetime(2026, 10, 31, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_tills_write_it(text: str, order: str, at: datetime) -> None:
    assert read_time(text, order=order).at(RIGA) == at  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "clock", "at"),
    [
        ("2026-11-20", "12:59:30", datetime(2026, 11, 20, 10, 59, 30, tzinfo=UTC)),
        ("2026-11-20", "10時15分", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        ("2026-11-20", "0.5", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_day_and_a_time_may_stand_in_two_columns(day: str, clock: str, at: datetime) -> None:
    assert read_day_and_time(day, clock, order="").at(RIGA) == at


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01", "31/02/2026", "3/4/2026", "2026-11-20 25:00", "1999-01-01", "13:00 PM", "12345678"],
)
def test_what_is_no_time_or_could_be_two_is_not_guessed(text: str) -> None:
    with pytest.raises(Unreadable):
        read_time(text, order="")


def test_one_day_beyond_the_twelfth_tells_the_order_of_the_whole_file() -> None:
    latest = date(2026, 11, 23)

    assert find_order(["3/4/2026 10:00", "28/4/2026 11:00"], latest=latest) == "dmy"
    assert find_order(["3/4/26", "4/28/26"], latest=latest) == "mdy"
    assert find_order(["1/10/2026", "1/12/2026"], latest=latest) == "mdy", "no day comes after today"
    assert find_order(["3/4/2026", "4/5/2026"], latest=latest) == ""
    assert find_order(["2026-04-03", "3.4.2026"], latest=latest) == ""
    assert [needs_order(text) for text in ("3/4/2026", "4/4/2026", "13/4/2026", "3.4.2026")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Riga", "Europe/Riga"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("London", "Europe/London"),
        ("Tokyo", "Asia/Tokyo"),
        ("Almaty", "Asia/Almaty"),
    ],
)
def test_zones_are_known_by_their_names(name: str, zone: str) -> None:
    assert zone_named(name) == ZoneInfo(zone)


def test_a_strange_zone_is_none() -> None:
    assert zone_named("Middle of nowhere") is None

"""The rules of time zones are the same on every host, also on one that has none."""

import zoneinfo
from datetime import datetime, timedelta
from importlib.metadata import requires


def test_no_file_of_the_host_is_read() -> None:
    assert zoneinfo.TZPATH == ()
    assert [name for name in requires("stampwell") or [] if name.startswith("tzdata>")] != []


def test_kazakhstan_has_one_time_since_2024() -> None:
    zone = zoneinfo.ZoneInfo("Asia/Almaty")

    assert datetime(2024, 2, 1, tzinfo=zone).utcoffset() == timedelta(hours=6)
    assert datetime(2024, 3, 2, tzinfo=zone).utcoffset() == timedelta(hours=5)

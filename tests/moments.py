"""When it is in the tests: never today, always the same moment unless a run asks for another one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from stampwell.clock import stopped_at

RIGA = ZoneInfo("Europe/Riga")
NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # in Riga, where Café Lume is; a Monday
_asked = os.environ.get("STAMPWELL_TEST_START", "")
COUNTDOWN = timedelta(minutes=3)  # of a redeem code whose reward says nothing else
START = datetime.fromisoformat(_asked).astimezone(UTC) if _asked else NOON

TODAY = os.environ.get("STAMPWELL_TEST_TODAY", "")

# In these, time goes on as the machine says: real programs and the database know nothing of a stopped clock.
BY_THE_MACHINES_CLOCK = ("browser", "drill", "machine_clock")


_journeys: list[time_machine.travel] = []  # none or one


def move_the_machine() -> None:
    """Lets this process believe that it is another day, where a run asks for it: an ISO moment, or `+400` days ahead.

    A stopped clock is our own code's; Django's sessions, signatures and cookies go by the machine's all the same.
    """
    if TODAY and not _journeys:
        ahead = TODAY.startswith("+")
        today = datetime.now(UTC) + timedelta(days=int(TODAY)) if ahead else datetime.fromisoformat(TODAY)
        _journeys.append(time_machine.travel(today, tick=True))
        _journeys[0].start()


def move_the_machine_for(test: pytest.Item) -> None:
    """Back into its own day for what goes by its clock: a browser and other programs believe in no other day."""
    if not _goes_by_the_machine(test):
        move_the_machine()
    elif _journeys:
        _journeys.pop().stop()


def database_now() -> datetime:
    """PostgreSQL's time, which nothing stops: for the few rules that go by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def end_of_day(moment: datetime, days_later: int) -> datetime:
    """When the day that is so many days later is over in Riga."""
    day = moment.astimezone(RIGA).date() + timedelta(days=days_later + 1)
    return datetime.combine(day, time.min, RIGA).astimezone(UTC)


def morning(day: date) -> datetime:
    """Ten o'clock in Riga, when customers are reminded."""
    return datetime.combine(day, time(10), RIGA).astimezone(UTC)


@contextmanager
def clock_of(test: pytest.Item) -> Iterator[None]:
    """Stops the clock where this test wants it."""
    wanted = test.get_closest_marker("moment")
    with stopped_at(None if _goes_by_the_machine(test) else wanted.args[0] if wanted else START):
        yield


def _goes_by_the_machine(test: pytest.Item) -> bool:
    return any(test.get_closest_marker(name) for name in BY_THE_MACHINES_CLOCK)

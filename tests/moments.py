"""When it is in the tests: never today, always the same moment unless a run asks for another one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection

from stampwell.clock import stopped_at

# Noon in Riga, where Café Lume is, of a Monday. `bin/test` asks for other moments too.
START = datetime.fromisoformat(os.environ.get("STAMPWELL_TEST_START") or "2026-11-23T10:00:00+00:00")

# In these, time goes on as the machine says: real programs and the database know nothing of a stopped clock.
BY_THE_MACHINES_CLOCK = ("browser", "drill", "machine_clock")


def database_now() -> datetime:
    """PostgreSQL's time, which nothing stops: for the few rules that go by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


@contextmanager
def clock_of(test: pytest.Item) -> Iterator[None]:
    """Stops the clock where this test wants it."""
    wanted = test.get_closest_marker("moment")
    runs = any(test.get_closest_marker(name) for name in BY_THE_MACHINES_CLOCK)
    with stopped_at(None if runs else wanted.args[0] if wanted else START):
        yield

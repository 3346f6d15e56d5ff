"""The worker's sign of life. It comes from the loop that does the work, so it stops where the work stops."""

from datetime import timedelta

from django.db import connection

from stampwell.clock import now

EVERY = timedelta(seconds=10)
LATE = timedelta(minutes=2)  # one step of the worker may take as long; who is later does not work any more

_BEAT = """
    INSERT INTO heartbeat (name, seen) VALUES ('worker', %(now)s)
    ON CONFLICT (name) DO UPDATE SET seen = %(now)s
"""


def beat() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"now": now()})


def silence() -> timedelta | None:
    """How long no worker was seen; None if there has never been one. Never less than nothing: clocks differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen FROM heartbeat WHERE name = 'worker'")
        row = cursor.fetchone()
    return max(now() - row[0], timedelta()) if row else None

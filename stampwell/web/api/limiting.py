"""How many requests a key may send in a minute.

Counting each request in the database would cost every redemption a write, so each process counts for itself and
tells the shared table after every 100 requests and after every second. Promise: all processes together let
through the limit and at most 100 requests more for each process.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock

import msgspec
from django.conf import settings
from django.db import connection

from stampwell.clock import now

MOST: int = settings.API_REQUESTS_A_MINUTE
WINDOW = timedelta(minutes=1)
TELL_AFTER_REQUESTS = 100
TELL_AFTER = timedelta(seconds=1)
REMEMBERED_KEYS = 10_000


class Rate(msgspec.Struct):
    """Where a key stands in the present window; `seconds` until the next one."""

    limit: int
    remaining: int
    seconds: int


class _Window(msgspec.Struct):
    start: datetime
    told: int  # what all processes had told the table when this one last did
    untold: int
    telling: datetime


_windows: dict[str, _Window] = {}
_lock = Lock()

_TELL = """
    INSERT INTO attempt AS a (name, window_start, count) VALUES (%(name)s, %(start)s, %(count)s)
    ON CONFLICT (name) DO UPDATE SET
        count = CASE WHEN a.window_start = %(start)s THEN a.count ELSE 0 END + %(count)s,
        window_start = %(start)s
    RETURNING count
"""


def count_request(key_id: str) -> Rate:
    """`remaining` is negative when the key has sent too many."""
    rate = note_request(key_id)
    return tell_if_due(key_id) or rate


def note_request(key_id: str) -> Rate:
    """Counts in this process alone. The caller has to call `tell_if_due` as soon as no transaction is open. Inside one,
    the shared row would stay locked until its end, and the count would be lost if it failed.
    """
    at = now()
    start = _window_start(at)
    with _lock:
        window = _windows.get(key_id)
        if window is None or window.start != start:
            if len(_windows) >= REMEMBERED_KEYS:
                _windows.clear()
            window = _windows[key_id] = _Window(start, 0, 0, at)
        window.untold += 1
        return _rate_of(window, at)


def tell_if_due(key_id: str) -> Rate | None:
    """What it is now, if it was told."""
    at = now()
    with _lock:
        window = _windows.get(key_id)
        if window is None or (window.untold < TELL_AFTER_REQUESTS and at - window.telling < TELL_AFTER):
            return None
        tells = window.untold
        window.untold, window.telling, window.told = 0, at, window.told + tells
    _tell(key_id, window, tells)
    return _rate_of(window, at)


def _tell(key_id: str, window: _Window, tells: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"name": f"api:{key_id}", "start": window.start, "count": tells})
        total: int = cursor.fetchone()[0]
    with _lock:
        window.told = max(window.told, total)


def _rate_of(window: _Window, at: datetime) -> Rate:
    seconds = max(1, round((window.start + WINDOW - at).total_seconds()))
    return Rate(MOST, MOST - window.told - window.untold, seconds)


def _window_start(at: datetime) -> datetime:
    length = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // length * length, UTC)


def forget_rates() -> None:
    """Starts counting anew in this process."""
    with _lock:
        _windows.clear()

"""Answers that said that we failed: each web process counts them, and brings its count to the database now and then."""

import threading
from datetime import timedelta

from django.db import connection

from stampwell.clock import now

RECENT = timedelta(minutes=10)
KEPT = timedelta(days=2)
_ADD = """
    INSERT INTO server_errors (minute, count) VALUES (%(minute)s, %(count)s)
    ON CONFLICT (minute) DO UPDATE SET count = server_errors.count + %(count)s
"""
_RECENT = "SELECT coalesce(sum(count), 0)::bigint FROM server_errors WHERE minute > %s"

_lock = threading.Lock()
_count = 0


def note_error() -> None:
    global _count
    with _lock:
        _count += 1


def bring_errors() -> None:
    """What cannot be written stays counted."""
    global _count
    with _lock:
        count, _count = _count, 0
    if not count:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {"minute": now().replace(second=0, microsecond=0), "count": count})
    except Exception:
        with _lock:
            _count += count
        raise


def count_recent_errors() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, (now() - RECENT,))
        count: int = cursor.fetchone()[0]
    return count


def forget_old_errors() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_errors WHERE minute < %s", (now() - KEPT,))

"""Answers that said that we failed: each web process counts them, and brings its count to the database now and then."""

import threading
from datetime import timedelta

import msgspec
from django.db import connection, transaction

from stampwell.clock import now
from stampwell.watch.kept_errors import KeptError, give_back, take_collected

RECENT = timedelta(minutes=10)
KEPT = timedelta(days=2)
KEPT_WORDS, MOST_KEPT = timedelta(days=30), 200
_ADD = """
    INSERT INTO server_errors (minute, count) VALUES (%(minute)s, %(count)s)
    ON CONFLICT (minute) DO UPDATE SET count = server_errors.count + %(count)s
"""
_RECENT = "SELECT coalesce(sum(count), 0)::bigint FROM server_errors WHERE minute > %s"

_KEEP = """
    INSERT INTO kept_error (alike, logger, said, trace, count, first, last)
    VALUES (%(alike)s, %(logger)s, %(said)s, %(trace)s, %(count)s, %(first)s, %(last)s)
    ON CONFLICT (alike) DO UPDATE SET said = excluded.said, trace = excluded.trace,
        count = kept_error.count + excluded.count, first = least(kept_error.first, excluded.first),
        last = greatest(kept_error.last, excluded.last)
"""
_FORGET = """
    DELETE FROM kept_error WHERE last < %s
        OR alike NOT IN (SELECT alike FROM kept_error ORDER BY last DESC, alike LIMIT %s)
"""

_lock = threading.Lock()
_count = 0


def note_error() -> None:
    global _count
    with _lock:
        _count += 1


def bring_errors() -> None:
    """What cannot be written stays counted, and collected."""
    _bring_words(take_collected())
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


def _bring_words(errors: list[KeptError]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # In one order, so that two processes never wait for each other.
            for error in sorted(errors, key=lambda error: error.alike):
                cursor.execute(_KEEP, msgspec.structs.asdict(error))
    except Exception:
        give_back(errors)
        raise


def count_recent_errors() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, (now() - RECENT,))
        count: int = cursor.fetchone()[0]
    return count


def forget_old_errors() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_errors WHERE minute < %s", (now() - KEPT,))
        cursor.execute(_FORGET, (now() - KEPT_WORDS, MOST_KEPT))

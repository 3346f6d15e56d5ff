"""What requests leave behind, and what is thrown away of it: kept answers, counts, ended sessions, the cache.

It goes in batches, each in a transaction of its own, and only so many in one run: what is left comes an hour later.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from stampwell.clock import id_at, now
from stampwell.requests.limits import LONGEST_WINDOW
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

ANSWERS_KEPT = timedelta(days=30)
BATCH = 1_000
MOST_BATCHES = 200
_WITH_OLD_ANSWERS = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM stored_answer WHERE stored_answer.merchant_id = merchant.id AND stored_answer.id < %s
    )
"""
_FORGET_ANSWERS = """
    DELETE FROM stored_answer WHERE merchant_id = %(merchant)s AND id IN (
        SELECT id FROM stored_answer WHERE merchant_id = %(merchant)s AND id < %(before)s ORDER BY id LIMIT %(most)s
    ) RETURNING id
"""
# The condition on the age stands twice, because an old name may begin a new window while the batch is read.
_FORGET_ATTEMPTS = """
    DELETE FROM attempt WHERE window_start < %(before)s AND name IN (
        SELECT name FROM attempt WHERE window_start < %(before)s LIMIT %(most)s
    )
"""
# It stands twice here too, because somebody may come back at this moment, which prolongs the session.
_FORGET_SESSIONS = """
    DELETE FROM django_session WHERE expire_date < %(before)s AND session_key IN (
        SELECT session_key FROM django_session WHERE expire_date < %(before)s ORDER BY expire_date LIMIT %(most)s
    )
"""
_FORGET_CACHED = """
    DELETE FROM django_cache WHERE expires < %(before)s AND cache_key IN (
        SELECT cache_key FROM django_cache WHERE expires < %(before)s ORDER BY expires LIMIT %(most)s
    )
"""


def forget_old_answers() -> None:
    before = id_at(now() - ANSWERS_KEPT)  # their ids tell their age

    def forget(merchant_id: UUID) -> None:
        _in_batches(lambda: _forget_answers(merchant_id, before))

    for_each_merchant(merchants_where(_WITH_OLD_ANSWERS, (before,)), forget)


def forget_old_attempts() -> None:
    """Counts whose window is over for certain: the next attempt would begin a new one anyway."""
    _in_batches(lambda: _delete(_FORGET_ATTEMPTS, now() - LONGEST_WINDOW))


def forget_ended_sessions() -> None:
    _in_batches(lambda: _delete(_FORGET_SESSIONS, now()))


def forget_old_cache() -> None:
    _in_batches(lambda: _delete(_FORGET_CACHED, now()))


def _in_batches(forget: Callable[[], int]) -> None:
    for _batch in range(MOST_BATCHES):
        if forget() < BATCH:
            return


def _forget_answers(merchant_id: UUID, before: UUID) -> int:
    with merchant_transaction(merchant_id) as tx:
        return len(tx.values(UUID, _FORGET_ANSWERS, {"merchant": merchant_id, "before": before, "most": BATCH}))


def _delete(sql: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"before": before, "most": BATCH})
        return int(cursor.rowcount)

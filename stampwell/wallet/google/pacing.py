"""How fast Google is asked: the issuer's rate is one for all shops and processes, so it is kept in the database.

Each request takes the next free moment and waits for it. Ours is a bucket of 15 a second with a small burst: Google's
limit is 20.
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

from stampwell.wallet.configuring import google_requests_a_second

BURST = 4  # requests that may come at once after a pause

_TAKE = """
    INSERT INTO google_pace AS pace (id, next) VALUES (1, %(now)s + %(gap)s * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET next = greatest(pace.next, %(earliest)s) + %(gap)s * interval '1 second'
    RETURNING next
"""

_HOLD = """
    INSERT INTO google_pace AS pace (id, next) VALUES (1, %(until)s)
    ON CONFLICT (id) DO UPDATE SET next = greatest(pace.next, %(until)s)
"""


def wait_for_turn(*, at_most: float) -> bool:
    """Waits until one more request may go; False when that would take longer than `at_most` seconds."""
    gap, at = timedelta(seconds=1 / google_requests_a_second()), _real_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT next FROM google_pace WHERE id = 1")
        known = cursor.fetchone()
        if known and (known[0] - at).total_seconds() > at_most:
            return False
        cursor.execute(_TAKE, {"now": at, "gap": gap.total_seconds(), "earliest": at - BURST * gap})
        (taken,) = cursor.fetchone()
    time.sleep(max(0.0, (taken - gap - at).total_seconds()))
    return True


def is_held() -> bool:
    """Whether Google is to be left alone for now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next FROM google_pace WHERE id = 1")
        known = cursor.fetchone()
    return known is not None and known[0] - _real_now() > timedelta(seconds=1)


def hold_off(seconds: float) -> None:
    """Nobody asks Google for so long: we ask too often, or it does not know us."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"until": _real_now() + timedelta(seconds=seconds)})


def _real_now() -> datetime:
    """The machine's time: a rehearsal that stops our clock does not stop Google's."""
    return datetime.now(UTC)

"""How fast we ask Google. All shops and processes share the rate of one issuer, so the database keeps it.

Each request takes the next free moment and waits for it. We allow ourselves 15 requests a second, with a small burst
after a pause; Google's limit is 20.
"""

import time

from django.db import connection

from stampwell.wallet.configuration import google_requests_a_second

BURST = 4  # requests that may come at once after a pause
LONGEST_HOLD = 600.0  # seconds; Google may ask for more, and is asked again then
UNBELIEVED = 2 * LONGEST_HOLD  # a moment further ahead was written while the database's clock was wrong

# The database's clock counts: a machine with a wrong clock must neither stop the others nor let them ask too fast.
# It is read at this moment, for now() stands still in a transaction and each turn would wait for all before it again.
_TAKE = """
    INSERT INTO google_pace AS pace (id, next) VALUES (1, clock_timestamp() + %(gap)s * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET next = %(gap)s * interval '1 second' + greatest(
        CASE WHEN pace.next < clock_timestamp() + %(unbelieved)s * interval '1 second' THEN pace.next END,
        clock_timestamp() - %(burst)s * %(gap)s * interval '1 second'
    )
    RETURNING extract(epoch FROM next - clock_timestamp())::float8 - %(gap)s
"""
_HOLD = """
    INSERT INTO google_pace AS pace (id, next) VALUES (1, clock_timestamp() + %(seconds)s * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET next = greatest(pace.next, clock_timestamp() + %(seconds)s * interval '1 second')
"""
_AHEAD = "SELECT extract(epoch FROM next - clock_timestamp())::float8 FROM google_pace WHERE id = 1"


def wait_for_turn(*, at_most: float) -> bool:
    """Waits until one more request may go; False when that would take longer than `at_most` seconds."""
    if _seconds_ahead() > at_most:
        return False
    facts = {"gap": 1 / google_requests_a_second(), "burst": BURST, "unbelieved": UNBELIEVED}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        (seconds,) = cursor.fetchone()
    time.sleep(max(0.0, seconds))
    return True


def is_held() -> bool:
    """Whether nobody may ask Google now."""
    return _seconds_ahead() > 1


def hold_off(seconds: float) -> None:
    """Nobody asks Google for this long, because we ask too often or because it denies us access."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"seconds": min(seconds, LONGEST_HOLD)})


def _seconds_ahead() -> float:
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD)
        known = cursor.fetchone()
    return known[0] if known and known[0] < UNBELIEVED else 0.0

"""How often something may be tried, counted in the database so that all processes count together."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.clock import now
from stampwell.refusal import Kind, Refusal, Wait


class TooManyAttempts(Refusal):
    """Facts: seconds (until the next attempt)."""

    code = "too_many_attempts"
    kind = Kind.TOO_MANY
    retryable = True
    title = _("Too many attempts")
    staff_text = _("This was tried too many times in a short time.")
    customer_text = _("This was tried too many times in a short time.")
    what_to_do = Wait(
        seconds=ngettext_lazy(
            "Wait %(seconds)d second and try again.", "Wait %(seconds)d seconds and try again.", "seconds"
        ),
        minutes=ngettext_lazy(
            "Wait %(minutes)d minute and try again.", "Wait %(minutes)d minutes and try again.", "minutes"
        ),
        hours=ngettext_lazy("Wait %(hours)d hour and try again.", "Wait %(hours)d hours and try again.", "hours"),
    )
    what_customer_can_do = what_to_do


LONGEST_WINDOW = timedelta(days=1)  # a count that began before that is thrown away
CLOCKS_DIFFER = timedelta(seconds=5)  # a window that began later than this was begun while a clock was ahead
_COUNT = """
    INSERT INTO attempt AS a (name, window_start, count) VALUES (%(name)s, %(now)s, 1)
    ON CONFLICT (name) DO UPDATE SET
        count = CASE WHEN a.window_start > %(since)s AND a.window_start < %(ahead)s THEN a.count + 1 ELSE 1 END,
        window_start = CASE
            WHEN a.window_start > %(since)s AND a.window_start < %(ahead)s THEN a.window_start ELSE %(now)s
        END
    RETURNING count, window_start
"""
_LOOK_AT_ANY = """
    SELECT 1 FROM attempt
    WHERE name = ANY(%(names)s) AND count >= %(most)s AND window_start > %(since)s AND window_start < %(ahead)s LIMIT 1
"""
_BEGAN = """
    SELECT window_start FROM attempt
    WHERE name = %(name)s AND count >= %(most)s AND window_start > %(since)s AND window_start < %(ahead)s
"""
_CLOSED_AMONG = """
    SELECT name FROM attempt
    WHERE name = ANY(%(names)s) AND count >= %(most)s AND window_start > %(since)s AND window_start < %(ahead)s
"""


class Counted(msgspec.Struct, frozen=True):
    """How many there are in the window that is open now, and when it ends."""

    count: int
    until: datetime


def count_attempt(name: str, *, most: int, within: timedelta) -> None:
    """Counts one attempt. Refuses: TooManyAttempts, when it is more than `most` in the window."""
    counted = count_one(name, within=within)
    if counted.count > most:
        raise TooManyAttempts(seconds=seconds_until(counted.until))


def count_one(name: str, *, within: timedelta) -> Counted:
    """Counts one attempt, for a caller who decides what follows from it."""
    assert within <= LONGEST_WINDOW, "its count would be thrown away too early"
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"name": name[:120], "now": at, "since": at - within, "ahead": at + CLOCKS_DIFFER})
        count, start = cursor.fetchone()
    return Counted(count, start + within)


def take_back_attempt(name: str) -> None:
    """What was counted before anybody knew that it was right."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE attempt SET count = count - 1 WHERE name = %s AND count > 0", [name[:120]])


def seconds_until(moment: datetime) -> int:
    return max(1, round((moment - now()).total_seconds()))


def forget_attempts(*names: str) -> None:
    """After a success: what came before no longer counts."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM attempt WHERE name = ANY(%s)", [[name[:120] for name in names]])


def forget_attempts_below(beginning: str) -> None:
    """As `forget_attempts`, whatever follows on this beginning of a name."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM attempt WHERE starts_with(name, %s)", [beginning])


def is_closed(*names: str, most: int, within: timedelta) -> bool:
    """Whether an attempt would be refused now under one of these names. Counts nothing."""
    at, cut = now(), [name[:120] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_AT_ANY, {"names": cut, "most": most, "since": at - within, "ahead": at + CLOCKS_DIFFER})
        return cursor.fetchone() is not None


def closed_until(name: str, *, most: int, within: timedelta) -> datetime | None:
    """Until when an attempt would be refused, or None where it would not be. Counts nothing."""
    at = now()
    facts: dict[str, Any] = {"name": name[:120], "most": most, "since": at - within, "ahead": at + CLOCKS_DIFFER}
    with connection.cursor() as cursor:
        cursor.execute(_BEGAN, facts)
        found = cursor.fetchone()
    return found[0] + within if found else None


def closed_among(names: Iterable[str], *, most: int, within: timedelta) -> set[str]:
    """Those of the names under which an attempt would be refused now. Counts nothing."""
    at = now()
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"names": list(names), "most": most, "since": at - within, "ahead": at + CLOCKS_DIFFER}
        cursor.execute(_CLOSED_AMONG, facts)
        return {name for (name,) in cursor.fetchall()}

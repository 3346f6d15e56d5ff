"""Commands that somebody runs by hand: nobody waits for their answer, so no statement of theirs is too long."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

SERVING = {"dev", "serve", "worker"}
NO_LIMIT = "-c statement_timeout=0"
# A table's lock that is waited for holds up all who come after: wait for a moment, let them pass, ask again.
MOMENT = "500ms"
PAUSES = (1.0, 2.0, 4.0, 8.0, *[10.0] * 30)


class LocksTaken(Exception):
    """Some table was never free for a moment in all the tries."""


def is_maintenance(arguments: list[str]) -> bool:
    """By the words of the command line, the program's name first."""
    return len(arguments) > 1 and arguments[1] not in SERVING


def lift_statement_limit() -> None:
    """For this process, before it connects. An index on millions of stamps takes longer than a request may."""
    if not is_unlimited():
        _options()["options"] = f"{_options()['options']} {NO_LIMIT}"


def is_unlimited() -> bool:
    return str(_options()["options"]).endswith(NO_LIMIT)


def _options() -> dict[str, object]:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert isinstance(options, dict)
    return options


def take_locks_in_moments[T](
    step: Callable[[], T], *, say: Callable[[str], object], wait: Callable[[float], object] = time.sleep
) -> T:
    """Takes a step that can be repeated until it gets its locks. No statement of it has a limit."""
    for pause in PAUSES:
        try:
            with _in_moments():
                return step()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            say("Somebody works with a table that is to be changed. Trying again in a moment.")
            wait(pause)
    raise LocksTaken


def limit_waits() -> None:
    """Of this connection: its statements may last, its waits may not."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{MOMENT}'")
        cursor.execute("SET statement_timeout = 0")


@contextmanager
def _in_moments() -> Iterator[None]:
    limit_waits()
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET statement_timeout")

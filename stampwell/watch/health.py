"""Whether this installation can serve: for load balancers, containers and whoever looks from outside.

Strangers may ask, so it says what is the matter in a word and nothing of the shops. However often it is asked, the
database is looked at once a second and by one thread, and a look that hangs holds up nobody.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Literal

import msgspec
from django.conf import settings
from django.db import connection

from stampwell.release import known_migrations
from stampwell.transactions.outages import OUTAGES, reason_of
from stampwell.watch.disk import is_nearly_full
from stampwell.watch.heartbeat import LATE, silence

FRESH = 1.0  # seconds that one look serves
PATIENCE = 3.0  # seconds after which a database is taken for one that does not answer
_IS_APPLIED = "SELECT EXISTS (SELECT 1 FROM django_migrations WHERE app = 'stampwell' AND name = %s)"

log = logging.getLogger(__name__)

type Tell = Callable[["Health"], None]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Requests can be served where `status` is ready.

    A worker that is late and a disk that is nearly full are warnings: to take the server out of service for them would
    help nobody.
    """

    status: Literal["ready", "not ready"]
    database: Literal["ok", "no answer"]
    migrations: Literal["ok", "missing", "unknown"]
    worker: Literal["ok", "late", "never seen", "unknown"]
    disk: Literal["ok", "nearly full"]

    @property
    def http_status(self) -> HTTPStatus:
        return HTTPStatus.OK if self.status == "ready" else HTTPStatus.SERVICE_UNAVAILABLE


def look() -> Health:
    """Asks the database."""
    try:
        is_applied, late = _ask()
    except OUTAGES as lost:
        log.warning("Not ready, for the database does not answer: %s", reason_of(lost))
        return _without_database()
    return Health(
        status="ready" if is_applied else "not ready",
        database="ok",
        migrations="ok" if is_applied else "missing",
        worker=late,
        disk=_disk(),
    )


class Readiness:
    """Answers whoever asks, from a thread of its own that is there while somebody waits.

    state      known until       by
    unknown    the past
    looking    the past          ask
    known      in a second       the look ends
    hanging    the look ends     patience is over
    """

    def __init__(self, look: Callable[[], Health] = look, *, patience: float = PATIENCE) -> None:
        self._look, self._patience = look, patience
        self._found, self._until = _without_database(), -math.inf
        self._waiting: list[Tell] = []
        self._looks, self._is_looking = 0, False
        self._lock = threading.Lock()

    def ask(self, tell: Tell) -> None:
        """Tells at once what is known, or as soon as it is known; in any case before the patience is over."""
        with self._lock:
            known = self._found if time.monotonic() < self._until else None
            if known is None:
                self._waiting.append(tell)
                begins, self._is_looking = not self._is_looking, True
                self._looks += begins
                number = self._looks
        if known:
            tell(known)
        elif begins:
            threading.Thread(target=self._find_out, args=[number], name="readiness", daemon=True).start()
            timer = threading.Timer(self._patience, self._give_up, [number])
            timer.daemon = True
            timer.start()

    def _find_out(self, number: int) -> None:
        found = _without_database()
        try:
            found = self._look()
        except Exception:
            log.exception("Nobody could find out whether this server is ready")
        finally:
            connection.close()
            self._answer(number, found, is_over=True)

    def _give_up(self, number: int) -> None:
        self._answer(number, _without_database(), is_over=False)

    def _answer(self, number: int, found: Health, *, is_over: bool) -> None:
        """Where the look hangs, there is nothing new to be known until it ends."""
        with self._lock:
            if number != self._looks or not self._is_looking:
                return
            self._is_looking = not is_over
            self._found, self._until = found, time.monotonic() + FRESH if is_over else math.inf
            waiting, self._waiting = self._waiting, []
        for tell in waiting:
            try:
                tell(found)
            except Exception:  # one who has gone must not keep the others waiting
                log.debug("Somebody asked and did not wait", exc_info=True)


# Of the program that runs. An upgrade may have put the files of the next one there already.
_NEWEST = known_migrations()[-1]


def _ask() -> tuple[bool, Literal["ok", "late", "never seen", "unknown"]]:
    with connection.cursor() as cursor:
        cursor.execute(_IS_APPLIED, (_NEWEST,))
        (is_applied,) = cursor.fetchone()
    if not is_applied:
        return False, "unknown"  # the table may not be there yet
    silent = silence()
    return True, "never seen" if silent is None else "late" if silent > LATE else "ok"


def _without_database() -> Health:
    return Health(status="not ready", database="no answer", migrations="unknown", worker="unknown", disk=_disk())


def _disk() -> Literal["ok", "nearly full"]:
    return "nearly full" if is_nearly_full(settings.DATA_DIR) else "ok"

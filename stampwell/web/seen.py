"""What is noted of each request once it is answered: it is counted, and has a line in the log where one is wanted."""

import logging
from http import HTTPStatus
from typing import Protocol

from django.conf import settings

from stampwell.refusal import Refusal
from stampwell.watch.errors import note_error
from stampwell.web.surfaces import surface_of

log = logging.getLogger("stampwell.requests")


class Counts(Protocol):
    def note_answer(self, surface: str, status: int, seconds: float | None) -> None: ...
    def note_refusal(self, code: str) -> None: ...


_counts: Counts | None = None


def count_with(counts: Counts | None) -> None:
    """From now on, in this process; without it nothing is counted."""
    global _counts
    _counts = counts


def note_request(method: str, path: str, status: int, seconds: float | None) -> None:
    """`seconds` is None for a request that the front of the web server turned away."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        note_error()
    if _counts is not None:
        _counts.note_answer(surface_of(path), status, seconds)
    if settings.LOG_REQUESTS:
        _write_down(method, path, status, seconds)


def note_refusal(refusal: Refusal) -> None:
    """Somebody is told no."""
    if _counts is not None:
        _counts.note_refusal(refusal.code)


def _write_down(method: str, path: str, status: int, seconds: float | None) -> None:
    """Without the query, which may hold what somebody typed, and without who it was."""
    shown = path if path.isprintable() else ascii(path)  # nobody writes a line of the log but us
    milliseconds = round((seconds or 0.0) * 1000, 1)
    facts = {"method": method, "path": shown, "status": status, "milliseconds": milliseconds}
    log.info("%s %s %s %s ms", method, shown, status, milliseconds, extra={"facts": facts})

"""The latest errors of the log, alike ones counted together, so that they can be read without looking for a file.

Each process collects in memory what it writes as an error, and brings it to the database now and then (`errors`). What
is kept has gone through the same cleaning as a line of the log: no link, no code, nothing that somebody typed in.
"""

import hashlib
import logging
import threading
from datetime import UTC, datetime

import msgspec

from stampwell.log_secrets import without_people

MOST_COLLECTED = 100  # kinds of error between two times of bringing; others are only in the log
LONGEST_SENTENCE, LONGEST_TRACE = 500, 6_000


class KeptError(msgspec.Struct, kw_only=True):
    """`alike` is what makes two errors the same one: who tells it, of what kind it is, and where it was raised."""

    alike: str
    logger: str
    said: str
    trace: str
    count: int
    first: datetime
    last: datetime


class ErrorsKept(logging.Handler):
    """Asks nobody: it may be the database that fails."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _collect(self._describe(record))
        except Exception:
            self.handleError(record)

    def _describe(self, record: logging.LogRecord) -> KeptError:
        at = datetime.fromtimestamp(record.created, UTC)
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        return KeptError(
            alike=_mark_of(record),
            logger=record.name,
            said=without_people(record.getMessage())[:LONGEST_SENTENCE].replace("\0", ""),
            trace=without_people(trace)[-LONGEST_TRACE:].replace("\0", ""),
            count=1,
            first=at,
            last=at,
        )


_lock = threading.Lock()
_collected: dict[str, KeptError] = {}


def _collect(error: KeptError) -> None:
    with _lock:
        known = _collected.get(error.alike)
        if known is None and len(_collected) < MOST_COLLECTED:
            _collected[error.alike] = error
        elif known is not None:
            known.count += error.count
            known.last = max(known.last, error.last)
            known.first = min(known.first, error.first)


def take_collected() -> list[KeptError]:
    with _lock:
        taken = [*_collected.values()]
        _collected.clear()
        return taken


def give_back(errors: list[KeptError]) -> None:
    """They could not be brought to the database."""
    for error in errors:
        _collect(error)


def _mark_of(record: logging.LogRecord) -> str:
    kind, place = "", f"{record.pathname}:{record.lineno}"
    if record.exc_info and record.exc_info[0] is not None:
        kind, trace = record.exc_info[0].__qualname__, record.exc_info[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return hashlib.sha256(f"{record.name}\n{kind}\n{place}".encode()).hexdigest()[:32]

"""A database that does not answer: which errors say so, and what the log says of it."""

import logging
import threading
import time

import psycopg
from django.db import InterfaceError, OperationalError

from stampwell.transactions.bulkhead import Crowded

OUTAGES = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
PAUSE = 2.0  # seconds between two lines of one process; there are two that answer requests

log = logging.getLogger(__name__)
_lock = threading.Lock()
_told, _untold = -PAUSE, 0


def tell_outage(error: BaseException) -> None:
    """One line a second however many ask; what was not told is counted. An outage that fills the disk is two."""
    global _told, _untold
    if isinstance(error, Crowded):
        return  # the bulkhead has said it once
    with _lock:
        at = time.monotonic()
        if at - _told < PAUSE:
            _untold += 1
            return
        untold, _told, _untold = _untold, at, 0
    log.error("The database did not answer: %s (%d more times since the last such line)", reason_of(error), untold)


def reason_of(error: BaseException) -> str:
    """Its first line; the others give hints to whoever sets a database up."""
    return (str(error).splitlines() or [type(error).__name__])[0]

"""`stampwell worker`: does what happens after the fact, by the clock and when asked for, until it is told to stop.

It may be killed at any moment and started more than once: each step is one transaction that can be repeated.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from stampwell.backups.clockwork import stop_backup
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from stampwell.log_secrets import log_what_nobody_catches
from stampwell.mail.checking import find_trouble as find_mail_trouble
from stampwell.mail.postman import EVERY, Postman
from stampwell.management.distributing import find_trouble
from stampwell.management.pooling import find_wrong_address
from stampwell.schedule import SCHEDULE
from stampwell.transactions.outages import OUTAGES, reason_of

AFTER_OUTAGE = 1.0  # seconds
LAST_WAIT = 2.0  # seconds more for the mail in hand and for a backup, after the jobs have ended: fifteen are waited

log = logging.getLogger(__name__)


def look_at_cluster() -> None:
    for trouble in filter(None, [find_wrong_address(), *find_trouble()]):
        log.error(trouble)


def look_at_mail() -> None:
    """Aside: a mail server that hangs holds up nothing else."""
    threading.Thread(target=tell_mail_trouble, name="look at mail", daemon=True).start()


def tell_mail_trouble() -> None:
    if trouble := find_mail_trouble():
        log.error("No mail can be sent, so nobody gets a new password. %s", trouble)


STEPS = [(timedelta(hours=1), look_at_cluster), (timedelta(days=1), look_at_mail), *SCHEDULE]


class Command(BaseCommand):
    help = "Work in the background: put events in order, let vouchers age, clear up, do what was asked for."
    # They look at every page of the web, which this process never shows: 15 MB, and half a second of each start.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: stop.set())
        log_what_nobody_catches()
        jobs, mail = JobWorker(KINDS), Postman()
        jobs.start()
        _keep_to_schedule(stop, [*STEPS, (EVERY, mail.look)])
        jobs.stop()
        mail.stop(patience=LAST_WAIT)
        stop_backup(patience=LAST_WAIT)


def _keep_to_schedule(stop: threading.Event, steps: Sequence[tuple[timedelta, Callable[[], None]]]) -> None:
    due = [0.0] * len(steps)
    while not stop.is_set():
        for place, (pause, step) in enumerate(steps):
            if time.monotonic() >= due[place] and not stop.is_set():
                if not _take(step):
                    stop.wait(AFTER_OUTAGE)  # the other steps have their turn, and the log a line a second
                due[place] = time.monotonic() + pause.total_seconds()
        stop.wait(max(0.0, min(due) - time.monotonic()))


def _take(step: Callable[[], None]) -> bool:
    """Whether the database answered. A step that fails is written down and comes again: the worker outlives a restart.

    Whatever it was, the other steps have nothing to do with it.
    """
    try:
        step()
    except OUTAGES as lost:
        log.error("%s failed and will be tried again: %s", step.__name__, reason_of(lost))
        connection.close()
        return False
    except Exception:
        log.exception("%s failed and will be tried again", step.__name__)
        connection.close()
    return True

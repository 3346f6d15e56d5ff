"""After a restore nothing goes out a second time by itself: what was waiting is set aside until somebody retries it."""

from django.db import connection

from stampwell.clock import now
from stampwell.jobs.queue import QUEUE
from stampwell.transactions import Statements

RESTORED = "restored"

_SET_ASIDE = """
    UPDATE job SET state = 'failed', problem = %s, ended = %s, place = NULL
    WHERE merchant_id = %s AND ended IS NULL
"""


def set_aside_open_jobs(tx: Statements) -> None:
    """They had been done since the backup, or not; `stampwell jobs retry` is for whoever knows."""
    tx.write(_SET_ASIDE, (RESTORED, now(), tx.merchant_id))


def empty_queue() -> None:
    """The places of a queue whose workers are gone. A place that is not its job's leads nowhere anyway."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s", [QUEUE])
        cursor.execute("DELETE FROM procrastinate_workers")

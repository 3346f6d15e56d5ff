"""The queue below: procrastinate's tables in our database, and the two of its functions that we call in our own
transactions. The rest of it is known to `worker.py` only.

A place in the queue holds two ids and nothing else: it lies in a table that belongs to no merchant.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from stampwell.transactions import Statements

QUEUE, TASK = "jobs", "work_on_job"
DEAD_AFTER = 30.0  # seconds without a sign of life; a worker gives one every ten

# These are three statements, because a distributed database cannot send one that calls a function over a shop's rows to
# the node that holds them.
_OPEN = "SELECT count(*) FROM job WHERE merchant_id = %s AND ended IS NULL"
_PUT = """
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
        %(queue)s::varchar, %(task)s::varchar, %(priority)s::integer, NULL, NULL, %(arguments)s::jsonb,
        %(at)s::timestamptz
    )::procrastinate_job_to_defer_v1]))
"""
_REMEMBER = "UPDATE job SET place = %s WHERE merchant_id = %s AND id = %s"
_TAKE_BACK = """
    SELECT procrastinate_retry_job_v2(waiting.id, now(), NULL, NULL, NULL) FROM procrastinate_jobs waiting
    WHERE waiting.queue_name = %(queue)s AND waiting.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = waiting.worker_id
            AND worker.last_heartbeat > now() - %(dead)s * interval '1 second'
            -- One from the future was given while the clock was ahead, and says nothing.
            AND worker.last_heartbeat < now() + %(dead)s * interval '1 second'
    )
"""


class Arguments(msgspec.Struct, frozen=True):
    """As procrastinate hands them to the task."""

    merchant_id: UUID
    job_id: UUID


def put(tx: Statements, job_id: UUID, *, at: datetime | None = None) -> None:
    """Puts the job into the queue, to be taken up from `at` on; with this transaction, or not at all.

    From then on the job has only this place: a run to which an older place leads is not begun.

    The more jobs a shop has open, the later the new one comes: one shop's hundred do not hold up another's one.
    """
    arguments = msgspec.json.encode(Arguments(tx.merchant_id, job_id)).decode()
    priority = -(tx.value(int, _OPEN, (tx.merchant_id,)) or 0)
    new = {"queue": QUEUE, "task": TASK, "priority": priority, "arguments": arguments, "at": at}
    tx.write(_REMEMBER, (tx.value(int, _PUT, new), tx.merchant_id, job_id))


def take_back_from_the_dead() -> None:
    """Puts back into the queue what dead workers had in hand. procrastinate does not do that by itself."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, {"queue": QUEUE, "dead": DEAD_AFTER})

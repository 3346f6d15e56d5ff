"""Asking for a job, and for one that has failed once more."""

from uuid import UUID

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.jobs.queue import put
from stampwell.jobs.rows import JobRow, lock_job, read_job
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction

_WAITING = """
    SELECT 1 FROM job WHERE merchant_id = %s AND kind = %s AND state = 'waiting' LIMIT 1 FOR SHARE SKIP LOCKED
"""


def ask_for(tx: Statements, kind: str, *, asker: Actor) -> UUID:
    """The new job's id. It is begun when this transaction has been committed, and never if it has not."""
    job = JobRow(
        id=new_id(),
        kind=kind,
        state="waiting",
        done=0,
        total=None,
        cursor="",
        report="{}",
        place=None,
        problem="",
        runs=0,
        failures=0,
        created=now(),
        begun=None,
        ended=None,
        source=asker.source,
        staff_member_id=asker.staff_member_id,
        station_id=asker.station_id,
        api_key_id=asker.api_key_id,
    )
    tx.insert("job", job)
    put(tx, job.id)
    return job.id


def ask_unless_waiting(tx: Statements, kind: str, *, asker: Actor) -> None:
    """As `ask_for`, for what one job does for everybody who asks: one that has not begun does it for this one, too.

    That one is held until this transaction ends, so that it cannot begin before there is something to see. One that
    begins at this moment is passed over, and another is asked for.
    """
    if not tx.exists(_WAITING, (tx.merchant_id, kind)):
        ask_for(tx, kind, asker=asker)


def retry_job(merchant_id: UUID, job_id: UUID) -> bool:
    """Lets a job that failed for good go on where it was, with all its tries; False for one in another state."""
    with merchant_transaction(merchant_id) as tx:
        job = lock_job(tx, job_id)
        if job is None:
            raise NotFound
        if job.state != "failed":
            return False
        tx.write(
            "UPDATE job SET state = 'waiting', failures = 0, problem = '', ended = NULL"
            " WHERE merchant_id = %s AND id = %s",
            (merchant_id, job_id),
        )
        put(tx, job_id)
        return True


def find_job(merchant_id: UUID, job_id: UUID) -> JobRow:
    with merchant_transaction(merchant_id) as tx:
        job = read_job(tx, job_id)
    if job is None:
        raise NotFound
    return job

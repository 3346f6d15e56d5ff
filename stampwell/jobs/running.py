"""Taking a job up, and what becomes of it then: done, tried again, or failed for good."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from stampwell.clock import now
from stampwell.jobs.kinds import USUAL_PLAN, Kinds
from stampwell.jobs.queue import put
from stampwell.jobs.rows import JobRow, lock_job
from stampwell.jobs.run import Overtaken, Run, Stopping
from stampwell.outgoing import RetryPlan
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_transaction

KIND_UNKNOWN = timedelta(minutes=1)  # a newer release asked for it; this worker is soon replaced by one that knows it
DIED = "worker_died"

log = logging.getLogger(__name__)

_BEGIN = """
    UPDATE job SET state = 'running', runs = runs + 1, failures = %s, begun = coalesce(begun, %s)
    WHERE merchant_id = %s AND id = %s
"""
_OUR_RUN = "merchant_id = %s AND id = %s AND state = 'running' AND runs = %s"
_DONE = f"UPDATE job SET state = 'done', total = done, problem = '', ended = %s WHERE {_OUR_RUN}"
_WAIT = f"UPDATE job SET state = 'waiting', failures = %s, problem = %s WHERE {_OUR_RUN} RETURNING 1"
_FAIL = f"UPDATE job SET state = 'failed', failures = %s, problem = %s, ended = %s WHERE {_OUR_RUN}"


def work_on(merchant_id: UUID, job_id: UUID, *, place: int, kinds: Kinds, is_stopping: Callable[[], bool]) -> None:
    """Works on the job until it is done, has failed or the worker stops. Raises if it cannot even write that down."""
    job = _begin(merchant_id, job_id, place, kinds)
    if job is None:
        return
    run = Run(merchant_id, job, is_stopping=is_stopping)
    if job.kind not in kinds:
        log.warning("This worker does not know the kind of job %s", job.kind)
        _wait(run, job.failures, problem="", at=now() + KIND_UNKNOWN)
        return
    try:
        kinds[job.kind].work(run)
    except Stopping:
        _wait(run, job.failures, problem="", at=None)
    except Overtaken:
        log.warning("Job %s at %s was taken over by another run", job_id, merchant_id)
    except Exception as error:
        _note_failure(run, job, kinds[job.kind].plan, error)
    else:
        _finish(run)


def _begin(merchant_id: UUID, job_id: UUID, place: int, kinds: Kinds) -> JobRow | None:
    """The job as this run has it; None if there is nothing to do: it has ended, is gone, or has another place."""
    with merchant_transaction(merchant_id) as tx:
        job = lock_job(tx, job_id)
        if job is None or job.ended is not None or job.place != place:
            return None
        failures = job.failures + (job.state == "running")  # whoever ran it has died
        plan = kinds[job.kind].plan if job.kind in kinds else USUAL_PLAN
        tx.write(_BEGIN, (failures, now(), merchant_id, job_id))
        job = lock_job(tx, job_id)
        assert job is not None, "it is locked"
        if failures > len(plan.pauses):  # every worker that takes this job up dies of it
            _end(tx, job, failures)
            return None
        return job


def _end(tx: Statements, job: JobRow, failures: int) -> None:
    log.error("Job %s (%s) at %s ends its worker each time and is given up", job.id, job.kind, tx.merchant_id)
    tx.write(_FAIL, (failures, DIED, now(), tx.merchant_id, job.id, job.runs))


def _finish(run: Run) -> None:
    with merchant_transaction(run.merchant_id) as tx:
        tx.write(_DONE, (now(), run.merchant_id, run.job_id, run.number))


def _wait(run: Run, failures: int, *, problem: str, at: datetime | None) -> None:
    with merchant_transaction(run.merchant_id) as tx:
        if tx.exists(_WAIT, (failures, problem, run.merchant_id, run.job_id, run.number)):
            put(tx, run.job_id, at=at)


def _fail(run: Run, failures: int, *, problem: str) -> None:
    with merchant_transaction(run.merchant_id) as tx:
        tx.write(_FAIL, (failures, problem, now(), run.merchant_id, run.job_id, run.number))


def _note_failure(run: Run, job: JobRow, plan: RetryPlan, error: Exception) -> None:
    """Tries the job again by the plan of its kind. A refusal of the business is final: it would only come again."""
    failures, at = job.failures + 1, None
    if isinstance(error, Refusal):
        problem = error.code
    else:
        problem = type(error).__name__[:60]
        log.error("Job %s (%s) at %s failed", job.id, job.kind, run.merchant_id, exc_info=error)
    if not isinstance(error, Refusal) or error.retryable:
        at = plan.next_try(failures=failures, at=now(), chance=random.random())  # noqa: S311 - only spreads tries
    if at is None:
        _fail(run, failures, problem=problem)
    else:
        _wait(run, failures, problem=problem, at=at)

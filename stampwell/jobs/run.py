"""One run of a job, as its function sees it: where to go on, a short transaction for each step, and notes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import msgspec

from stampwell.jobs.rows import JobRow
from stampwell.transactions import Statements, merchant_transaction

_IS_OURS = "SELECT 1 FROM job WHERE merchant_id = %s AND id = %s AND state = 'running' AND runs = %s FOR UPDATE"
# A job may fill the tables that it reads: a plan that was kept from their first rows reads all of them at each step.
_PLAN_ANEW = "SET LOCAL plan_cache_mode = 'force_custom_plan'"
_NOTE = """
    UPDATE job SET done = %s, total = %s, cursor = %s, report = %s::jsonb WHERE merchant_id = %s AND id = %s
"""


class Stopping(Exception):
    """The worker was told to stop; the job goes on in another one."""


class Overtaken(Exception):
    """Another run has taken over, because this one was taken for dead. This one must not change anything any more."""


class Run:
    def __init__(self, merchant_id: UUID, job: JobRow, *, is_stopping: Callable[[], bool]) -> None:
        self.merchant_id, self.job_id, self.number = merchant_id, job.id, job.runs
        self.done, self.total, self.cursor = job.done, job.total, job.cursor
        self._report, self._is_stopping = job.report, is_stopping

    @contextmanager
    def step(self) -> Iterator[Statements]:
        """A transaction of a second or so. What it changes and what `note` says are kept together, or neither is,
        so each step is done once, however often the job is begun.
        """
        if self._is_stopping():
            raise Stopping
        with merchant_transaction(self.merchant_id) as tx:
            if not tx.exists(_IS_OURS, (self.merchant_id, self.job_id, self.number)):
                raise Overtaken
            tx.write(_PLAN_ANEW)
            yield tx

    def note(
        self,
        tx: Statements,
        *,
        done: int | None = None,
        total: int | None = None,
        cursor: str | None = None,
        report: msgspec.Struct | None = None,
    ) -> None:
        """How far it is, where to go on, and what has come of it so far; what is left out stays."""
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        self.cursor = self.cursor if cursor is None else cursor
        self._report = self._report if report is None else msgspec.json.encode(report).decode()
        facts = (self.done, self.total, self.cursor, self._report, self.merchant_id, self.job_id)
        tx.write(_NOTE, facts)

    def report_so_far[Report: msgspec.Struct](self, kind: type[Report]) -> Report:
        """What an earlier run has noted; an empty one for the first."""
        return msgspec.json.decode(self._report, type=kind)

"""The jobs' part of `stampwell worker`: procrastinate's worker in a thread beside the schedule.

Only here procrastinate is known. Its loop looks for places in the queue and hears at once when one is put there; each
job runs in a thread of its own with a database connection of its own. A place is removed when its run ends, however it
ends: what became of a job stands in our table.
"""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from django.db import connection
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job as PlaceInQueue

from stampwell.jobs.kinds import Kinds
from stampwell.jobs.queue import DEAD_AFTER, QUEUE, TASK
from stampwell.jobs.running import work_on
from stampwell.transactions.outages import OUTAGES, tell_outage

AT_ONCE = 2  # jobs of one worker process
LOOK_AGAIN = 5.0  # seconds; finds places that were put there for later, and those of which no call arrived
AFTER_TROUBLE = 5.0  # seconds until the database is asked again
LAST_WAIT = 10.0  # seconds for the steps in hand to end; bin/dev waits for fifteen

log = logging.getLogger(__name__)


class JobWorker:
    """Runs jobs from `start` to `stop`."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the steps in hand have ended; what is not done goes on in the next worker."""
        self._stopping.set()
        self._end_loop()
        self._thread.join(LAST_WAIT + 2)

    def empty_the_queue(self) -> None:
        """Works on whatever can be begun now, and returns. For tests and rehearsals."""
        with ThreadPoolExecutor(1) as thread:  # in the caller's an event loop may be running
            thread.submit(lambda: asyncio.run(self._work(wait=False))).result()

    def _serve(self) -> None:
        """Begins again after the database was away."""
        while not self._stopping.is_set():
            try:
                with suppress(asyncio.CancelledError):
                    asyncio.run(self._work(wait=True))
            except OUTAGES as lost:
                tell_outage(lost)
            except Exception:
                log.exception("Jobs wait for %s seconds", AFTER_TROUBLE)
            self._stopping.wait(AFTER_TROUBLE)

    async def _work(self, *, wait: bool) -> None:
        app = App(connector=PsycopgConnector(kwargs=_connection_parameters(), min_size=1, max_size=3, timeout=10))
        app.task(name=TASK, queue=QUEUE, retry=_Soon(), pass_context=True)(self._work_on)
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._stopping.is_set():
            return
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=AT_ONCE,
                wait=wait,
                fetch_job_polling_interval=LOOK_AGAIN,
                abort_job_polling_interval=3600.0,  # no job of ours is called off that way
                shutdown_graceful_timeout=LAST_WAIT,
                delete_jobs="always",
                install_signal_handlers=False,
                stalled_worker_timeout=DEAD_AFTER,
            )

    def _work_on(self, context: JobContext, merchant_id: str, job_id: str) -> None:
        """In a thread of its own."""
        place = context.job.id
        assert place is not None, "it comes from the queue"
        try:
            work_on(UUID(merchant_id), UUID(job_id), place=place, kinds=self._kinds, is_stopping=self._stopping.is_set)
        except Exception:
            # The end of this run may not reach the queue either. So the loop is begun anew: to the database that is
            # another worker, and the places of the old one are taken back.
            log.exception("Nobody could write down how job %s at %s ended", job_id, merchant_id)
            self._end_loop()
            raise
        finally:
            connection.close()

    def _end_loop(self) -> None:
        with self._lock, suppress(RuntimeError):  # it has just ended by itself
            if self._loop and self._task:
                self._loop.call_soon_threadsafe(self._task.cancel)


class _Soon(BaseRetryStrategy):
    """Keeps the place of a run that could not write down how it ended, because the database was away for example."""

    def get_retry_decision(self, *, exception: BaseException, job: PlaceInQueue) -> RetryDecision:
        return RetryDecision(retry_in={"minutes": 1})


def _connection_parameters() -> dict[str, object]:
    parameters: dict[str, object] = connection.get_connection_params()
    return {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}

"""A kind of job whose effect can be counted: it opens branches of a shop, one in each step.

`main` is a worker, in a process of its own, that stands still in the middle of the first run, to be killed there.
"""

import sys
import threading
from collections.abc import Callable
from datetime import timedelta

from stampwell.jobs.kinds import Kind
from stampwell.jobs.run import Run
from stampwell.jobs.worker import JobWorker
from stampwell.merchants.models import Location
from stampwell.outgoing import RetryPlan

BRANCHES = 5
PLAN = RetryPlan((timedelta(minutes=1), timedelta(minutes=10)), jitter=0)


def open_branches(run: Run, *, between: Callable[[Run], None] = lambda _run: None) -> None:
    """`between` is done after each step, outside of its transaction."""
    while run.done < BRANCHES:
        with run.step() as tx:
            Location.objects.create(merchant_id=run.merchant_id, name=f"Branch {run.done + 1}", time_zone="UTC")
            run.note(tx, done=run.done + 1, total=BRANCHES)
        between(run)


def kind(between: Callable[[Run], None]) -> Kind:
    return Kind(work=lambda run: open_branches(run, between=between), plan=PLAN)


def main() -> None:
    def stand_still(run: Run) -> None:
        if run.number == 1 and run.done == 3:
            print("in the middle", flush=True)
            threading.Event().wait()

    JobWorker({"branches": kind(stand_still)}).start()
    sys.stdin.read()

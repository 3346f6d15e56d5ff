"""What a kind of job is. The list of them is `stampwell/job_kinds.py`, above all that they do."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from stampwell.jobs.run import Run
from stampwell.outgoing import RetryPlan

USUAL_PLAN = RetryPlan((timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)))


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """`work` may be called again for the same job after any of its steps; it goes on at the run's cursor."""

    work: Callable[[Run], None]
    plan: RetryPlan = USUAL_PLAN


type Kinds = dict[str, Kind]

"""A job as it is shown to whoever asked for it."""

from datetime import datetime
from typing import Any

import msgspec

from stampwell.ids import public_id
from stampwell.jobs.rows import JobRow, State


class JobFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`total` is null until it was counted.

    `problem` says what went wrong at the latest try: the code of a refusal, or a word for whoever runs the server.
    What stands in `report` differs from kind to kind.
    """

    id: str
    kind: str
    state: State
    done: int
    total: int | None
    problem: str | None
    report: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def describe_job(job: JobRow) -> JobFacts:
    return JobFacts(
        id=public_id("job", job.id),
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        problem=job.problem or None,
        report=msgspec.json.decode(job.report, type=dict[str, Any]),
        created_at=job.created,
        started_at=job.begun,
        ended_at=job.ended,
    )

"""A worker that does what waits, in the test's own process."""

from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on


def work_on_what_waits() -> None:
    """Each job that has not ended, the oldest first."""
    for job in Job.objects.filter(ended__isnull=True).order_by("id"):
        assert job.place is not None
        work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)

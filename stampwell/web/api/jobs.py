"""GET /jobs/{id}: how far something is that was asked for."""

from django.http import HttpResponse
from dmr import Path, validate

from stampwell.ids import wanted_id
from stampwell.jobs.asking import find_job
from stampwell.jobs.describing import JobFacts, describe_job
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.asking import JobPath
from stampwell.web.api.keys import KeyWith


class OneJob(ApiController):
    @validate(
        *reading(JobFacts, NotFound),
        auth=[KeyWith()],
        summary="Read a job",
        description="How far a job is, and what came of it. Jobs that have ended are forgotten after 90 days.",
        operation_id="readJob",
        tags=["Jobs"],
    )
    def get(self, parsed_path: Path[JobPath]) -> HttpResponse:
        return self.answer(describe_job(find_job(self.caller.merchant.id, wanted_id("job", parsed_path.job_id))))

"""What was asked for and takes long: what is open, what has failed, what ended lately."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.ids import public_id, wanted_id
from stampwell.jobs.asking import retry_job
from stampwell.jobs.models import Job
from stampwell.merchants.models import User
from stampwell.refusal import NotFound
from stampwell.web.operator.guarding import for_operators

MOST = 50
State = Job.State
# In this order: what needs somebody comes first.
STATES = ([State.FAILED], [State.RUNNING, State.WAITING], [State.DONE])


@for_operators
@require_safe
def jobs_page(request: HttpRequest, operator: User) -> HttpResponse:
    jobs = Job.objects.select_related("merchant").order_by("-created", "-id")
    listed = [job for states in STATES for job in jobs.filter(state__in=states)[:MOST]][:MOST]
    shown = [(public_id("job", job.id), public_id("mer", job.merchant_id), job) for job in listed]
    return render(request, "operator/jobs.html", {"here": "jobs", "jobs": shown})


@for_operators
@require_POST
def retry(request: HttpRequest, operator: User, job: str) -> HttpResponse:
    """Also twice: of two who ask, one has it tried."""
    found = Job.objects.filter(id=wanted_id("job", job)).first()
    if found is None:
        raise NotFound
    if retry_job(found.merchant_id, found.id):
        messages.success(request, _("The job is tried again."))
    else:
        messages.info(request, _("The job is being tried already."))
    return redirect("operator_jobs")

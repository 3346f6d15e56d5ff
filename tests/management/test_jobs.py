"""What whoever runs the installation does with jobs on the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stampwell.jobs.models import Job
from tests.world import Shop

pytestmark = pytest.mark.django_db


def say(*command: str) -> str:
    out = StringIO()
    call_command("jobs", *command, stdout=out)
    return out.getvalue()


def test_a_job_is_started_and_listed(lume: Shop, rossi: Shop) -> None:
    job_id = say("start", "recount", "--shop", lume.merchant.slug).split()[0]
    say("start", "recount", "--shop", rossi.merchant.slug)

    (line,) = say("list", "--shop", lume.merchant.slug).splitlines()

    told = line.split("\t")
    assert told[:5] + told[6:] == [job_id, lume.merchant.slug, "recount", "waiting", "0/?", "operator"]
    assert len(say("list").splitlines()) == 2
    assert say("list", "--state", "failed") == ""


def test_only_what_has_failed_is_tried_again(lume: Shop) -> None:
    job_id = say("start", "recount", "--shop", lume.merchant.slug).split()[0]
    with pytest.raises(CommandError, match="has not failed: it is waiting"):
        say("retry", job_id)
    job = Job.objects.get()
    Job.objects.update(state="failed", ended=job.created, problem="ValueError", failures=4)

    assert say("list", "--state", "failed").rstrip().endswith("\tValueError")
    assert say("retry", job_id) == f"{job_id} waits for the worker.\n"

    assert Job.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "command",
    [
        ("start", "recount", "--shop", "nobody"),
        ("list", "--shop", "nobody"),
        ("retry", "job_1"),
        ("retry", "job_" + "0" * 32),
    ],
)
def test_what_is_not_there_is_said(command: tuple[str, ...], lume: Shop) -> None:
    with pytest.raises(CommandError, match="There is no"):
        say(*command)


def test_an_unknown_kind_is_refused(lume: Shop) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        say("start", "coffee", "--shop", lume.merchant.slug)

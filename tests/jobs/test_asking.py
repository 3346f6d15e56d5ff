"""A job is asked for in the transaction of whoever asks."""

import json

import pytest
from django.db import connection

from stampwell.events.actors import OPERATOR
from stampwell.jobs.asking import ask_for, find_job
from stampwell.jobs.models import Job
from stampwell.transactions import merchant_transaction
from tests.world import Shop


def places() -> list[tuple[str, dict[str, str]]]:
    """The status and arguments of all that stands in the queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, args::text FROM procrastinate_jobs ORDER BY priority DESC, id")
        return [(status, json.loads(arguments)) for status, arguments in cursor.fetchall()]


class ChangedTheirMind(Exception):
    """Somebody asks and does not commit."""


@pytest.mark.usefixtures("queue")
def test_a_commit_leaves_the_job_and_its_place_in_the_queue(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        job_id = ask_for(tx, "recount", asker=lume.actor)

    job = find_job(lume.merchant.id, job_id)
    assert (job.kind, job.state, job.done, job.total, job.report) == ("recount", "waiting", 0, None, "{}")
    assert (job.source, job.staff_member_id) == ("owner", lume.ada.id)
    assert places() == [("todo", {"merchant_id": str(lume.merchant.id), "job_id": str(job_id)})]


@pytest.mark.usefixtures("queue")
def test_a_rollback_leaves_neither(lume: Shop) -> None:
    def ask_and_give_up() -> None:
        with merchant_transaction(lume.merchant.id) as tx:
            ask_for(tx, "recount", asker=OPERATOR)
            tx.send()
            raise ChangedTheirMind

    with pytest.raises(ChangedTheirMind):
        ask_and_give_up()

    assert not Job.objects.exists()
    assert places() == []

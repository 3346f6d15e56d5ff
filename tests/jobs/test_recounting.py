"""The counters of a shop are compared with their rows as a job."""

import msgspec
import pytest

from stampwell.cards import recounting
from stampwell.cards.models import Card
from stampwell.cards.recounting import EVERY, RECOUNT, RecountReport, ReportedDifference, ask_for_recounts
from stampwell.clock import now, stopped_at
from stampwell.events.actors import OPERATOR
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import ask_for, find_job
from stampwell.jobs.models import Job
from stampwell.jobs.worker import JobWorker
from stampwell.transactions import merchant_transaction
from tests.world import Shop

pytestmark = pytest.mark.usefixtures("queue")


def test_each_shop_with_cards_is_recounted_once_a_day(lume: Shop, rossi: Shop) -> None:
    lume.publish().card()
    rossi.publish()

    ask_for_recounts()
    ask_for_recounts()

    (job,) = Job.objects.all()
    assert (job.merchant_id, job.kind, job.source) == (lume.merchant.id, RECOUNT, "clock")
    with stopped_at(now() + EVERY):
        ask_for_recounts()
    assert Job.objects.count() == 2


def test_a_recount_of_while_the_clock_was_ahead_is_none_of_today(lume: Shop) -> None:
    lume.publish().card()
    with stopped_at(now() + 3 * EVERY):
        ask_for_recounts()

    ask_for_recounts()

    assert Job.objects.count() == 2


def test_a_recount_tells_how_far_it_is_and_what_differs(
    lume: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    offer = lume.publish()
    cards = [offer.card().id for _ in range(5)]
    Card.objects.filter(id=cards[3]).update(stamps=3)
    ask_for_recounts()

    JobWorker(KINDS).empty_the_queue()

    job = find_job(lume.merchant.id, Job.objects.get().id)
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    report = msgspec.json.decode(job.report, type=RecountReport)
    assert report.differences == 1
    assert report.first == [ReportedDifference("stamps", public_id("crd", cards[3]), 3, 0)]
    assert "differs from what it counts" in caplog.text


def test_a_shop_without_cards_is_recounted_too(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        job_id = ask_for(tx, RECOUNT, asker=OPERATOR)

    JobWorker(KINDS).empty_the_queue()

    job = find_job(lume.merchant.id, job_id)
    assert (job.state, job.done, job.total, job.report) == ("done", 0, 0, "{}")

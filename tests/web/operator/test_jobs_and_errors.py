"""What takes long and what went wrong, of all shops."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection

from stampwell.cards.recounting import RECOUNT
from stampwell.clock import stopped_at
from stampwell.events.actors import OPERATOR
from stampwell.ids import public_id
from stampwell.jobs.asking import ask_for
from stampwell.jobs.models import Job
from stampwell.transactions import merchant_transaction
from stampwell.watch import errors
from stampwell.watch.kept_errors import MOST_COLLECTED, ErrorsKept, take_collected
from stampwell.watch.models import KeptErrorRow
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

CODE, EMAIL = "K7QW3ZT9MNP4XB2RVD6HJC8Y", "cy.canary@lume.example"


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A logger whose errors are kept, and nobody else's."""
    take_collected()
    made, handler = logging.getLogger("stampwell.test"), ErrorsKept()
    made.addHandler(handler)
    made.propagate = False
    yield made
    made.removeHandler(handler)
    made.propagate = True
    take_collected()


def failed_job(shop: Shop) -> Job:
    with merchant_transaction(shop.merchant.id) as tx:
        job_id = ask_for(tx, RECOUNT, asker=OPERATOR)
    Job.objects.filter(id=job_id).update(state="failed", ended=START, problem="ValueError")
    return Job.objects.get(id=job_id)


def test_what_has_failed_comes_first_and_is_tried_again_once(operator: DeskClient, lume: Shop) -> None:
    job = failed_job(lume)
    with stopped_at(START + timedelta(hours=1)), merchant_transaction(lume.merchant.id) as tx:
        ask_for(tx, RECOUNT, asker=OPERATOR)

    page = words(operator.open("/operator/jobs/"))

    assert page.index("Failed") < page.index("Waiting", page.index("recount"))
    assert "ValueError" in page
    path = f"/operator/jobs/{public_id('job', job.id)}/retry/"
    operator.send(path)
    assert "The job is tried again." in words(operator.open("/operator/jobs/"))
    job.refresh_from_db()
    assert job.state == "waiting"
    operator.send(path)
    assert "The job is being tried already." in words(operator.open("/operator/jobs/"))


def test_a_job_that_there_is_not_is_not_found(operator: DeskClient, lume: Shop) -> None:
    for wrong in ("job_" + "0" * 32, "job_1", "x"):
        assert operator.send(f"/operator/jobs/{wrong}/retry/").status_code == 404


def fail(log: logging.Logger, times: int = 1) -> None:
    for number in range(times):
        try:
            raise ValueError(f"{CODE} of {EMAIL}")
        except ValueError:
            log.exception("Card %s of %s failed the %s. time", CODE, EMAIL, number)


def test_alike_errors_are_counted_together_and_tell_no_secret(operator: DeskClient, log: logging.Logger) -> None:
    fail(log, times=3)
    errors.bring_errors()
    fail(log)
    log.error("Something else")
    errors.bring_errors()

    page = words(operator.open("/operator/errors/"))

    assert sorted(KeptErrorRow.objects.values_list("count", flat=True)) == [1, 4]
    assert "failed the 0. time" in page
    assert "How often 4" in page
    assert "Something else" in page
    assert CODE not in page
    assert EMAIL not in page


def test_what_cannot_be_brought_is_brought_later(db: None, log: logging.Logger) -> None:
    fail(log, times=2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kept_error RENAME TO taken_away")
        with pytest.raises(ProgrammingError, match="kept_error"):
            errors.bring_errors()
        cursor.execute("ALTER TABLE taken_away RENAME TO kept_error")
    fail(log)

    errors.bring_errors()

    assert KeptErrorRow.objects.get().count == 3


def test_neither_memory_nor_table_grow_without_end(db: None, log: logging.Logger) -> None:
    for number in range(MOST_COLLECTED + 20):
        record = log.makeRecord("stampwell.test", logging.ERROR, f"{number}.py", 1, "Failed", (), None)
        log.handle(record)
    errors.bring_errors()
    assert KeptErrorRow.objects.count() == MOST_COLLECTED
    known = KeptErrorRow.objects.first()
    assert known is not None
    for number in range(errors.MOST_KEPT):
        known.alike = str(number)
        known.save(force_insert=True)

    errors.forget_old_errors()

    assert KeptErrorRow.objects.count() == errors.MOST_KEPT
    KeptErrorRow.objects.update(last=START - timedelta(days=31))
    errors.forget_old_errors()
    assert not KeptErrorRow.objects.exists()

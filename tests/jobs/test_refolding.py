"""Customers who were folded in an older way are folded again, each shop by a job of its own."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from stampwell.clock import now, stopped_at
from stampwell.customers import refolding
from stampwell.customers.models import Customer
from stampwell.customers.refolding import REFOLD, ask_for_refolding
from stampwell.customers.search_text import FOLDING
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.jobs.worker import JobWorker
from stampwell.web.dashboard.cards.search import find_cards
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.usefixtures("queue")

# As an older release has written them: with a sign that nobody sees, and letters in another order.
OLD = " an\u200bna ber anna@lume.example"


def old_customers(shop: Shop, count: int) -> list[UUID]:
    """Written by a process that knew of no editions."""
    offer = shop.publish()
    cards = [offer.card(name=f"An\u200bna Bērziņa {number}", email="anna@lume.example") for number in range(count)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customer SET search = %s, folding = NULL WHERE merchant_id = %s", [OLD, shop.merchant.id]
        )
    return [card.id for card in cards]


def refold() -> None:
    ask_for_refolding()
    JobWorker(KINDS).empty_the_queue()


def found(shop: Shop, words: str) -> int:
    return len(find_cards(shop.merchant, words, after=None).cards)


def behind(shop: Shop) -> int:
    return Customer.objects.filter(merchant=shop.merchant).exclude(folding__gte=FOLDING).count()


def test_whoever_was_folded_in_an_older_way_is_found_again(lume: Shop) -> None:
    old_customers(lume, 3)
    assert found(lume, "anna berzina") == 0

    refold()

    assert found(lume, "anna berzina") == 3
    (job,) = Job.objects.all()
    assert (job.kind, job.source, job.state, job.done, job.total) == (REFOLD, "clock", "done", 3, 3)
    assert behind(lume) == 0


def test_where_nobody_is_behind_nobody_is_asked(lume: Shop, rossi: Shop) -> None:
    lume.publish().card(name="Anna")
    old_customers(rossi, 1)

    ask_for_refolding()
    ask_for_refolding()

    assert [job.merchant_id for job in Job.objects.all()] == [rossi.merchant.id]
    JobWorker(KINDS).empty_the_queue()
    ask_for_refolding()
    assert Job.objects.count() == 1


def test_raising_the_edition_is_all_that_a_change_of_folding_takes(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lume.publish().card(name="Anna")
    Customer.objects.update(search=" ann")

    monkeypatch.setattr(refolding, "FOLDING", FOLDING + 1)
    refold()

    assert list(Customer.objects.values_list("search", "folding")) == [(" anna", FOLDING + 1)]


def test_an_older_process_leaves_newer_words_alone(lume: Shop) -> None:
    lume.publish().card(name="Anna")
    Customer.objects.update(search=" of tomorrow", folding=FOLDING + 1)

    refold()

    assert Customer.objects.get().search == " of tomorrow"
    assert not Job.objects.exists()


@pytest.mark.parametrize("steps", range(4))
def test_a_job_that_is_stopped_after_any_step_goes_on_there(
    lume: Shop, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(refolding, "AT_ONCE", 2)
    old_customers(lume, 5)
    ask_for_refolding()
    job, answers = Job.objects.get(), iter([False] * (steps + 1) + [True])
    assert job.place is not None

    work_on(lume.merchant.id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: next(answers))
    assert behind(lume) == max(5 - 2 * steps, 0)
    JobWorker(KINDS).empty_the_queue()

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert behind(lume) == 0


@pytest.fixture
def broken(rossi: Shop) -> Iterator[Shop]:
    """A shop whose customers cannot be written."""
    old_customers(rossi, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE customer ADD CONSTRAINT broken"
            f" CHECK (merchant_id <> '{rossi.merchant.id}' OR folding IS NULL) NOT VALID"
        )
        yield rossi
        cursor.execute("ALTER TABLE customer DROP CONSTRAINT broken")


def test_a_shop_that_fails_holds_up_no_other(broken: Shop, lume: Shop, caplog: pytest.LogCaptureFixture) -> None:
    old_customers(lume, 2)

    with caplog.at_level(logging.CRITICAL):
        refold()

    assert (behind(lume), behind(broken)) == (0, 1)
    states = {job.merchant_id: job.state for job in Job.objects.all()}
    assert states[lume.merchant.id] == "done"
    assert states[broken.merchant.id] != "done"


def test_a_job_that_has_failed_is_asked_for_again_a_day_later(lume: Shop) -> None:
    old_customers(lume, 1)
    ask_for_refolding()
    Job.objects.update(state="failed", ended=now())

    ask_for_refolding()
    assert Job.objects.count() == 1

    with stopped_at(now() + timedelta(days=1, seconds=1)):
        ask_for_refolding()
    assert Job.objects.count() == 2


def test_a_customer_whom_somebody_works_on_is_left_for_the_next_job(lume: Shop) -> None:
    first, *_others = old_customers(lume, 3)
    held = HeldCard(lume, first).row.customer_id
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM customer WHERE merchant_id = %s AND id = %s FOR UPDATE", [lume.merchant.id, held]
            )
            refold()
            assert behind(lume) == 1
            cursor.execute("ROLLBACK")
    finally:
        other.close()

    refold()

    assert behind(lume) == 0

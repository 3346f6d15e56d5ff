"""Announced terms are taken back while mail about them is being written: none of it is left to be sent."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from stampwell.cards.new_terms import earliest_start
from stampwell.clock import now
from stampwell.mail.models import Mail
from stampwell.programs.announcing import take_back_announced
from stampwell.programs.models import Program
from stampwell.programs.publishing import write_announced
from stampwell.transactions import merchant_transaction
from tests.cards.test_new_terms import change, goal
from tests.cards.test_terms_mail import work
from tests.races.test_overtaken import closing, session, wait_for
from tests.world import Offer, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return open_lume()


@pytest.fixture
def offer(shop: Shop) -> Offer:
    """Two customers are to be told of what is announced."""
    offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 0})
    for name in ("al", "bo"):
        offer.card(email=f"{name}@lume.example")
    change(offer, goal(12), earliest_start(shop.merchant, now()))
    return offer


def test_who_takes_them_back_waits_for_mail_that_is_being_written_and_withdraws_it(shop: Shop, offer: Offer) -> None:
    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(shop.merchant.id):
            work()
            assert Mail.objects.count() == 2
            taking_back = thread.submit(
                closing(lambda: take_back_announced(shop.merchant, offer.program.id, actor=shop.actor))
            )
            wait_for(taking_back, onlooker)
        taking_back.result()

    assert not Mail.objects.exists()


def test_mail_waits_for_who_takes_them_back_and_is_not_written(shop: Shop, offer: Offer) -> None:
    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(shop.merchant.id) as tx:
            program = Program.objects.get(id=offer.program.id)
            write_announced(tx, shop.merchant, program, None, None, at=now(), actor=shop.actor)
            writing = thread.submit(closing(work))
            wait_for(writing, onlooker)
        writing.result()

    assert not Mail.objects.exists()

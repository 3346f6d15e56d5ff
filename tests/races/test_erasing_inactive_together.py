"""Somebody who is about to be deleted comes at that very moment; and two workers look at the same customer."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing_inactive import erase_inactive_of
from stampwell.cards.models import Stamp
from stampwell.cards.refusals import CardErased
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.customers.models import Customer, ErasureWarning
from stampwell.customers.retention import change_retention
from stampwell.events.models import Event
from stampwell.mail.models import Mail
from tests.following import follow_everything
from tests.moments import START
from tests.races.callers import run_together
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def card() -> HeldCard:
    card = open_lume().publish().card(email="cy@lume.example")
    change_retention(card.shop.merchant, 12, actor=card.shop.actor)
    follow_everything()
    return card


def look(card: HeldCard) -> None:
    erase_inactive_of(card.shop.merchant.id)


def wait_for_the_day(card: HeldCard) -> None:
    for day in range(340, 369):
        with stopped_at(START + day * DAY):
            look(card)


def test_a_stamp_keeps_them_or_finds_the_card_gone(card: HeldCard) -> None:
    wait_for_the_day(card)

    with stopped_at(START + 371 * DAY):
        looked, stamped = run_together(
            lambda: look(card),
            lambda: add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor),
        )

    erased = Customer.objects.filter(erased__isnull=False).count()
    assert looked is None
    assert (type(stamped), Stamp.objects.count(), erased) in [(type(None), 1, 0), (CardErased, 0, 1)]


def test_two_workers_tell_once_and_delete_once(card: HeldCard) -> None:
    with stopped_at(START + 340 * DAY):
        run_together(lambda: look(card), lambda: look(card), lambda: look(card))
    assert (ErasureWarning.objects.count(), Mail.objects.count()) == (1, 1)

    wait_for_the_day(card)
    with stopped_at(START + 371 * DAY):
        run_together(lambda: look(card), lambda: look(card), lambda: look(card))

    assert Event.objects.filter(type="customer.erased").count() == 1
    assert (ErasureWarning.objects.count(), Mail.objects.count()) == (0, 0)

"""The same outside number, many callers: one card, and one customer."""

import pytest

from stampwell.cards.issuing import issue_card
from stampwell.cards.models import Card
from stampwell.customers.models import Customer
from stampwell.events.models import Event
from tests.races.callers import run_together
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 8


def test_of_eight_callers_with_one_outside_number_each_gets_the_same_card() -> None:
    shop = open_lume()
    terms = shop.publish().terms
    ids = set()

    def issue() -> None:
        issued = issue_card(shop.merchant, terms, locale="en", actor=shop.actor, external_id="guest-7")
        ids.add(issued.card.id)

    ends = run_together(*[issue] * CALLERS)

    assert ends == [None] * CALLERS
    assert len(ids) == Card.objects.filter(merchant=shop.merchant).count() == 1
    assert Customer.objects.filter(merchant=shop.merchant).count() == 1
    assert Event.objects.filter(merchant=shop.merchant, type="card.issued").count() == 1

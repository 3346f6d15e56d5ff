"""What is made once is for each test as if it had been made for it alone."""

from datetime import timedelta

import pytest
from django.db import connection

from stampwell.clock import id_at
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from tests.kept import made_once
from tests.moments import START
from tests.world import Offer, Shop

LATER = START + timedelta(days=3)


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.mark.parametrize("turn", range(3))
def test_what_one_test_does_no_other_sees(lume: Shop, turn: int) -> None:
    assert (lume.merchant.name, Merchant.objects.get().name) == ("Café Lume", "Café Lume")
    assert not Program.objects.exists()

    lume.merchant.name = f"Lume {turn}"
    lume.merchant.save()
    lume.publish()


@pytest.mark.parametrize("turn", range(2))
def test_who_closes_the_connection_closes_it_for_itself(lume: Shop, turn: int) -> None:
    assert Merchant.objects.filter(id=lume.merchant.id).exists()

    connection.close()


@pytest.mark.moment(LATER)
def test_who_begins_at_another_moment_opens_its_shop_then(lume: Shop) -> None:
    assert lume.merchant.id >= id_at(LATER)


def test_what_was_given_is_of_one_world(lume: Shop, offer: Offer) -> None:
    assert offer.shop is lume
    assert Program.objects.get().id == offer.program.id

"""A form for a new card that a shaky network sends several times at once."""

import pytest

from stampwell.cards.models import Card
from tests.races.callers import run_together
from tests.web.scanner.phone import Phone
from tests.web.scanner.test_new_cards import make
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_that_comes_several_times_at_once_makes_one_card() -> None:
    shop = open_lume()
    offer, phone = shop.publish(), Phone(shop).enrol()
    phone.sign_in(shop.hire("Bo"))
    made: set[str] = set()

    ends = run_together(*[lambda: made.add(make(phone, offer, key="k"))] * 4)

    assert ends == [None] * 4
    assert (len(made), Card.objects.count()) == (1, 1)

"""Several phones scan one paper card, and all of them want to keep it."""

import pytest

from stampwell.cards.finding import card_by_token
from stampwell.cards.recovering import move_lost_card, take_into_phone
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.transactions import merchant_transaction
from tests.races.callers import run_together
from tests.web.customer import path_of
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card() -> HeldCard:
    return open_lume().publish().card()


def test_of_several_phones_one_has_the_card_and_the_others_are_told(card: HeldCard) -> None:
    merchant, ref = card.shop.merchant, card_by_token(card.shop.merchant.id, path_of(card).rsplit("/", 1)[1])
    assert ref is not None

    ends = run_together(*[lambda: take_into_phone(merchant, ref, actor=CUSTOMER)] * 4)

    assert sorted(type(end).__name__ for end in ends if end) == ["CardMoved"] * 3
    assert card.row.issue == 1
    assert Event.objects.filter(type="card.recovered").count() == 1


def test_without_looking_at_the_locked_card_each_phone_would_move_it(card: HeldCard) -> None:
    def move() -> None:
        with merchant_transaction(card.shop.merchant.id) as tx:
            move_lost_card(tx, card.id, actor=CUSTOMER)

    assert run_together(*[move] * 4) == [None] * 4
    assert card.row.issue == 4

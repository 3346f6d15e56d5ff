"""The draws of a shop that has moved: what was committed to holds on, and what was drawn is proven as before."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.clock import stopped_at
from stampwell.draws.verifying import Verdict, verify
from tests.cards.test_drawing import BISCUIT, CAKE, COFFEE, prove, publish
from tests.cards.test_prizes_of_words import CAKE as WITHOUT_CHANCE
from tests.cards.test_prizes_of_words import THANKS, told_on
from tests.cards.test_stamping import stamp
from tests.moments import START
from tests.moving.elsewhere import OTHER_KEY, arrive, forget_shop, write
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_a_shop_that_moves_draws_on_by_the_same_seeds(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    offer = publish(lume, CAKE | {"stock": 3}, COFFEE, BISCUIT)
    cards = [offer.card() for _card in range(4)]
    stamp(cards[0])
    told = publish(lume, THANKS, WITHOUT_CHANCE).card()
    stamp(told)
    before = prove(offer)
    archive = write(lume.merchant, tmp_path / "shop")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY

    arrive(archive)

    for card in cards[1:]:
        stamp(card)
    with stopped_at(START + timedelta(days=2)):
        after = prove(offer)
    assert (after.chains, after.draws[0]) == (before.chains, before.draws[0])
    assert verify(after) == Verdict(draws=4, open=0, faults=[])
    assert told_on(told) == [("Result of the draw: Thank you!", False)]

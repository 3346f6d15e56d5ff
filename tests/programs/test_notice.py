"""What cards say of terms that are announced."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from django.test import Client
from django.utils.translation import override

from stampwell.cards.new_terms import change_terms
from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.course import say_stop
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.pausing import end_program
from stampwell.programs.term_names import CHANGES, TERM_NAMES
from tests.kept import made_once
from tests.world import BISCUIT, COFFEE, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


def announce(offer: Offer, **changes: Any) -> None:
    usual = {"name": "Coffee card", "goal": 10, "milestones": [BISCUIT, COFFEE]}
    draft = msgspec.convert(usual | changes, ProgramDraft)
    shop = offer.shop
    change_terms(shop.merchant, offer.program.id, draft, apply=now() + timedelta(days=20), actor=shop.actor)


def said(offer: Offer) -> str:
    return say_stop(Merchant.objects.get(id=offer.shop.merchant.id), offer.program.id, now())


def test_the_card_says_what_will_change(offer: Offer) -> None:
    card = offer.card()
    announce(offer, goal=12, milestones=[BISCUIT, COFFEE | {"stamps": 12}])
    page = Client(headers={"accept-language": "lv"}).get(urlsplit(card.url).path).content.decode()

    assert "Jaunā ciklā jāsakrāj 12 zīmogi." in page
    assert "Jūsu pašreizējais cikls nemainās." in page


def test_it_names_what_else_changes_once(offer: Offer) -> None:
    steps: list[dict[str, Any]] = [BISCUIT, COFFEE]
    shorter = [step | {"reward": step["reward"] | {"valid_days": 3}} for step in steps]
    announce(offer, milestones=shorter)

    assert "a new round takes 10 stamps for: A free coffee." in said(offer)
    assert "How long a reward is valid changes too." in said(offer)


def test_a_reward_before_the_last_one_is_named_too(offer: Offer) -> None:
    announce(offer, milestones=[COFFEE])

    assert "The rewards along the way change too. Your present round stays as it is." in said(offer)


def test_every_term_has_a_sentence_of_its_own() -> None:
    assert CHANGES.keys() == TERM_NAMES.keys() - {"goal"}


def test_no_sentence_mixes_two_languages(offer: Offer) -> None:
    with override("et"):
        announce(offer, goal=12, milestones=[COFFEE | {"stamps": 12}])

        assert "Uues ringis on siis vaja 12 templit." in said(offer)
        assert "coffee" not in said(offer)


def test_an_end_is_told_rather_than_terms_that_nobody_will_get(offer: Offer) -> None:
    announce(offer, goal=12, milestones=[COFFEE | {"stamps": 12}])
    end_program(offer.shop.merchant, offer.program.id, actor=offer.shop.actor)

    assert "12" not in said(offer)

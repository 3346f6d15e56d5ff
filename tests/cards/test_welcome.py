"""The stamps that a new card begins with."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.programs.comparing import compare
from stampwell.programs.refusals import WelcomeFillsCard
from tests.world import COFFEE, Offer, Shop

pytestmark = pytest.mark.django_db


def publish(shop: Shop, stamps: int, **changes: Any) -> Offer:
    return shop.publish(earning={"welcome_stamps": stamps, "daily_cap": 1, "cooldown_seconds": 3600}, **changes)


def test_a_new_card_begins_with_them_and_they_are_no_purchase(lume: Shop) -> None:
    card = publish(lume, 2).card()

    assert (card.row.stamps, card.row.last_stamp, card.row.stamps_that_day) == (2, None, 0)
    assert add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor).card.stamps == 3


def test_a_reward_that_they_reach_is_ready_at_once(lume: Shop) -> None:
    card = publish(lume, 5).card()

    assert [voucher.version_id for voucher in card.open_vouchers] == [card.row.version_id]


def test_the_same_card_asked_for_again_gets_no_more(lume: Shop) -> None:
    offer = publish(lume, 2)
    first, again = offer.card(external_id="7"), offer.card(external_id="7")

    assert (first.id, again.row.stamps) == (again.id, 2)
    assert Stamp.objects.filter(merchant=lume.merchant).count() == 1


def test_they_are_undone_like_others(lume: Shop) -> None:
    card = publish(lume, 5).card()
    stamp = Stamp.objects.get(merchant=lume.merchant, card_id=card.id)

    undo_stamp(lume.merchant, stamp.id, reason="wrong card", actor=lume.actor)

    assert (card.row.stamps, card.open_vouchers) == (0, [])


def test_a_new_card_is_never_full(lume: Shop) -> None:
    with pytest.raises(WelcomeFillsCard):
        publish(lume, 10)
    assert not Card.objects.exists()

    assert publish(lume, 9, milestones=[COFFEE]).card().row.stamps == 9


def test_who_has_a_card_has_no_promise_of_them(lume: Shop) -> None:
    terms = publish(lume, 2).terms

    assert compare(terms, msgspec.structs.replace(terms, welcome_stamps=0)) == []


def test_the_page_where_one_gets_a_card_says_it(lume: Shop) -> None:
    offer = publish(lume, 2)
    page = Client(headers={"accept-language": "lv"}).get(f"/j/{lume.merchant.slug}/{offer.program.slug}")

    assert "Jaunā kartē jau ir 2 zīmogi." in page.content.decode()
    assert "2 zīmogi" in Client(headers={"accept-language": "lv"}).get(urlsplit(offer.card().url).path).content.decode()

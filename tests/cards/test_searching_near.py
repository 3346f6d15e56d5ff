"""Cards of customers whose name is one letter off: what is read for it, and of whom."""

import pytest

from stampwell.cards import searching_near
from stampwell.cards.searching_near import find_near
from stampwell.transactions import merchant_transaction
from tests.kept import made_once
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


def found(shop: Shop, words: str) -> list[str]:
    with merchant_transaction(shop.merchant.id) as tx:
        return [row.name for row in find_near(tx, words, limit=9)]


def test_the_newest_card_comes_first_and_each_customer_once(lume: Shop, offer: Offer) -> None:
    for name in ("Anna Berzina", "Berzins Berzina", "Zane Ozola"):
        offer.card(name=name)

    assert found(lume, "bezina") == ["Berzins Berzina", "Anna Berzina"]


def test_nobody_of_another_shop_is_found(lume: Shop, offer: Offer, rossi: Shop) -> None:
    rossi.publish().card(name="Anna Berzina")

    assert found(lume, "bezina") == []


def test_no_more_than_so_many_are_read_for_each_half(lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        offer.card(name=f"Berzina {'abcdef'[number]}")
    assert len(found(lume, "berzixa")) == 6

    monkeypatch.setattr(searching_near, "_HALF", searching_near._HALF.replace("LIMIT 3000", "LIMIT 2"))

    assert len(found(lume, "berzixa")) == 2


def test_no_more_than_so_many_are_put_in_order(lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        offer.card(name=f"Berzina {'abcdef'[number]}")

    monkeypatch.setattr(searching_near, "_NEAR", searching_near._NEAR.replace("LIMIT 200", "LIMIT 3"))

    assert len(found(lume, "berzixa")) == 3

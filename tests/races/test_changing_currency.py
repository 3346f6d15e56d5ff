"""An amount is read in one currency, and meanwhile the card begins a round that counts in another one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import stamp_card
from stampwell.ids import public_id
from stampwell.transactions import merchant_transaction
from tests.races.test_overtaken import closing, session, wait_for
from tests.web.dashboard.desk import DeskClient, page_of, words
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

IN_EUROS = {"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 0, "currency": "EUR"}
IN_YEN = IN_EUROS | {"currency": "JPY"}


@pytest.fixture
def shop() -> Shop:
    return open_lume()


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    """A card in euros; its next round will be in yen."""
    offer = shop.publish(earning=IN_EUROS)
    card = offer.card()
    shop.publish(offer.program, earning=IN_YEN)
    return card


def while_the_round_changes[Answer](card: HeldCard, act: Callable[[], Answer]) -> Answer:
    """Acts so that it must wait for the stamp that begins the round in yen."""
    merchant = card.shop.merchant
    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(merchant.id) as tx:
            stamp_card(tx, merchant, card.id, Purchase(amount=5000), actor=card.shop.actor)
            tx.send()
            acting = thread.submit(closing(act))
            wait_for(acting, onlooker)
        return acting.result()


def test_the_scanner_asks_again_in_the_new_currency(shop: Shop, card: HeldCard) -> None:
    phone = Phone(shop).enrol()
    phone.sign_in(shop.hire("Bo"))
    url = f"/scanner/cards/{public_id('crd', card.id)}/stamps"

    panel = while_the_round_changes(card, lambda: phone.tap(url, amount="12.50"))

    assert (panel.outcome, panel.tone) == ("needs_amount", "bad")
    assert "Enter the amount in JPY." in panel.words
    assert Stamp.objects.filter(merchant=shop.merchant).count() == 1


def test_the_desk_refuses_it(shop: Shop, card: HeldCard) -> None:
    desk = DeskClient(shop.owner)

    answer = while_the_round_changes(card, lambda: desk.send(f"{page_of(card)}stamps/", amount="12.50"))

    assert answer.status_code == 409
    assert "Enter the amount in JPY." in words(answer)
    assert Stamp.objects.filter(merchant=shop.merchant).count() == 1

"""A shop that whoever runs the server has closed: nothing is written there, nothing is lost, and it can be opened."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import new_id, stopped_at
from stampwell.events.models import Event
from stampwell.merchants.closing import ShopClosed, close_shop, open_again, refuse_if_closed
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.schedule import follow_events, order_events
from stampwell.wallet.content import fill_pass
from stampwell.wallet.models import WalletFeed
from tests.moments import START
from tests.world import Shop

pytestmark = pytest.mark.django_db


def read(shop: Shop) -> Merchant:
    return Merchant.objects.get(id=shop.merchant.id)


def test_a_shop_is_closed_once_and_opened_once(lume: Shop) -> None:
    assert close_shop(lume.merchant.id)
    with stopped_at(START + timedelta(hours=1)):
        assert not close_shop(lume.merchant.id)

        assert read(lume).closed == START

        assert open_again(lume.merchant.id)
        assert not open_again(lume.merchant.id)
    assert read(lume).closed is None
    told = Event.objects.filter(merchant=lume.merchant, type="merchant.changed").order_by("at", "id")
    assert [(event.source, event.data["changed"], event.data["merchant"]["closed_at"] is None) for event in told] == [
        ("operator", ["closed_at"], False),
        ("operator", ["closed_at"], True),
    ]


def test_only_a_closed_shop_refuses(lume: Shop, rossi: Shop) -> None:
    close_shop(lume.merchant.id)

    with pytest.raises(ShopClosed):
        refuse_if_closed(read(lume))
    refuse_if_closed(read(rossi))


def test_a_shop_that_there_is_not_cannot_be_closed(lume: Shop) -> None:
    with pytest.raises(NotFound):
        close_shop(new_id())


def test_passes_in_phones_are_void_until_the_shop_is_open(lume: Shop) -> None:
    card = lume.publish().card()
    order_events()
    follow_events()

    close_shop(lume.merchant.id)

    assert fill_pass(read(lume), card.id).voided
    order_events()
    follow_events()
    feed = WalletFeed.objects.get(merchant=lume.merchant)
    assert (feed.apple_after is not None, feed.google_after is not None) == (True, True), "all passes are looked at"

    open_again(lume.merchant.id)

    assert not fill_pass(read(lume), card.id).voided


def test_the_shop_goes_on_where_it_was(lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    add_stamp(lume.merchant, card.id, Purchase(count=1), actor=lume.actor)

    close_shop(lume.merchant.id)
    open_again(lume.merchant.id)

    assert add_stamp(read(lume), card.id, Purchase(count=1), actor=lume.actor).card.stamps == 2

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.wallet.google.asking import hang_up
from tests.doubles.google import ISSUER, Google, google_running
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
def google(settings: Settings, tmp_path: Path) -> Iterator[Google]:
    """A Google of its own, with the shop's account configured for it."""
    with google_running(tmp_path) as running:
        settings.BASE_URL = "https://stampwell.example"
        settings.WALLET_GOOGLE_ACCOUNT = str(running.account)
        settings.WALLET_GOOGLE_ISSUER = ISSUER
        settings.WALLET_GOOGLE_API = running.url
        settings.WALLET_GOOGLE_CALLBACK_KEYS = f"{running.url}/keys"
        settings.WALLET_GOOGLE_REQUESTS_A_SECOND = 1000
        yield running
        hang_up()


@pytest.fixture
def offer(lume: Shop) -> Offer:
    return lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"}, earning=AT_ONCE)


@pytest.fixture
def card(offer: Offer) -> HeldCard:
    return offer.card(locale="lv")

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.outgoing import hang_up
from stampwell.wallet.google import save_button as linking
from tests.doubles.google import ISSUER, Google
from tests.doubles.google_serving import google_running
from tests.doubles.http2 import Http2Server
from tests.kept import made_once
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Offer, Shop


@pytest.fixture(autouse=True)
def no_silence_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "_silent_until", 0.0)


@pytest.fixture
def served_google(settings: Settings, tmp_path: Path) -> Iterator[tuple[Google, Http2Server]]:
    with google_running(tmp_path) as running:
        connect(settings, running[0])
        yield running
        hang_up()


@pytest.fixture
def google(served_google: tuple[Google, Http2Server]) -> Google:
    """A Google of its own, with the shop's account configured for it."""
    return served_google[0]


@pytest.fixture
def server(served_google: tuple[Google, Http2Server]) -> Http2Server:
    """What Google listens with."""
    return served_google[1]


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"}, earning=AT_ONCE)


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card(locale="lv")


def connect(settings: Settings, google: Google) -> None:
    settings.BASE_URL = "https://stampwell.example"
    settings.WALLET_GOOGLE_ACCOUNT = str(google.account)
    settings.WALLET_GOOGLE_ISSUER = ISSUER
    settings.WALLET_GOOGLE_API = google.url
    settings.WALLET_GOOGLE_CA = str(google.ca or "")
    settings.WALLET_GOOGLE_CALLBACK_KEYS = f"{google.url}/keys"
    settings.WALLET_GOOGLE_REQUESTS_A_SECOND = 1000

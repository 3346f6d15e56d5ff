"""The till of Café Lume with its barcode scanner, and a customer's card."""

import pytest

from tests.kept import made_once
from tests.web.devices import Device
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def till(lume: Shop) -> Device:
    return Device(lume, "autopilot").enrol()


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()

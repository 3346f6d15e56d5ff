"""Ada at her desk, in English."""

import pytest
from django.test import Client

from tests.kept import made_once
from tests.web.dashboard.desk import DeskClient
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def desk(lume: Shop) -> DeskClient:
    return DeskClient(lume.owner)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card(name="Cy", email="cy@lume.example", phone="+371 2000 1234")

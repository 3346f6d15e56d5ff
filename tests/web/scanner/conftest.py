"""Bo's phone at the counter of Café Lume, and a customer's card."""

import pytest

from stampwell.merchants.models import StaffMember
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
def bo(lume: Shop) -> StaffMember:
    return lume.hire("Bo")


@pytest.fixture
def phone(lume: Shop, bo: StaffMember) -> Phone:
    phone = Phone(lume).enrol()
    phone.sign_in(bo)
    return phone


@pytest.fixture
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
def card(offer: Offer) -> HeldCard:
    return offer.card()

"""Bo's phone at the counter of Café Lume, and a customer's card."""

import pytest

from stampwell.merchants.models import StaffMember
from tests.kept import made_once
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def bo(lume: Shop) -> StaffMember:
    return lume.hire("Bo")


@pytest.fixture
@made_once
def phone(lume: Shop, bo: StaffMember) -> Phone:
    phone = Phone(lume).enrol()
    phone.sign_in(bo)
    return phone


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()

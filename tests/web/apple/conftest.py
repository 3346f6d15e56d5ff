import pytest
from pytest_django import Settings

from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.configuration import development_folder
from tests.kept import made_once
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, path_of
from tests.world import HeldCard, Offer, Shop


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The development chain, made once: each of its keys takes a while."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def configured(settings: Settings, certificates: object) -> None:
    settings.DATA_DIR = certificates
    settings.WALLET_OFFER_DEVELOPMENT = True
    make_development_chain(development_folder())


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def held(phone: Phone, card: HeldCard) -> HeldByPhone:
    """The card's pass, added to a phone that has not registered it."""
    return phone.add(f"{path_of(card)}/apple")

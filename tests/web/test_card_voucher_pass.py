"""The button that keeps a voucher in Apple Wallet."""

import pytest
from django.test import Client
from pytest_django import Settings

from stampwell.vouchers.redeeming import redeem_voucher
from tests.kept import made_once
from tests.wallet.development import lay_development_chain
from tests.web.customer import card_with_reward, one_reward, voucher_path
from tests.world import HeldCard, Shop

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile"


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")
    settings.WALLET_OFFER_DEVELOPMENT = True


@pytest.fixture
def configured() -> None:
    lay_development_chain()


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_reward(lume.publish(**one_reward("staff_scan")))


def link_of(path: str) -> str:
    return f'href="{path}/apple"'


@pytest.mark.usefixtures("configured")
def test_a_ready_voucher_can_be_kept_in_apple_wallet(client: Client, card: HeldCard) -> None:
    path = voucher_path(card)

    assert link_of(path) in client.get(path).text
    assert client.get(f"{path}/apple").headers["Content-Type"] == "application/vnd.apple.pkpass"


@pytest.mark.usefixtures("configured")
def test_so_can_one_that_is_not_ready_yet(client: Client, lume: Shop) -> None:
    path = voucher_path(card_with_reward(lume.publish(**one_reward("staff_scan", active_after_seconds=3600))))

    assert link_of(path) in client.get(path).text


@pytest.mark.usefixtures("configured")
def test_a_used_voucher_is_not_offered(client: Client, card: HeldCard) -> None:
    path = voucher_path(card)
    redeem_voucher(card.shop.merchant, card.open_vouchers[0].id, actor=card.shop.actor)

    assert link_of(path) not in client.get(path).text


@pytest.mark.usefixtures("configured")
def test_the_offer_goes_with_the_part_of_the_page_that_a_use_replaces(client: Client, card: HeldCard) -> None:
    """The open page takes only this part anew; what stood beside it went on offering a pass of a used voucher."""
    path = voucher_path(card)

    part = client.get(path).text.partition(" data-card ")[2].partition("\n</div>")[0]

    assert link_of(path) in part


@pytest.mark.usefixtures("configured")
def test_android_has_no_apple_wallet(client: Client, card: HeldCard) -> None:
    path = voucher_path(card)

    assert link_of(path) not in client.get(path, headers={"user-agent": ANDROID}).text


def test_without_a_certificate_there_is_no_button_and_the_reward_stays_on_the_web(
    client: Client, card: HeldCard
) -> None:
    path = voucher_path(card)

    assert link_of(path) not in client.get(path).text
    answer = client.get(f"{path}/apple")
    assert answer.status_code == 404
    assert "This reward cannot be added to Apple Wallet right now." in answer.text
    assert f'href="{path}"' in answer.text

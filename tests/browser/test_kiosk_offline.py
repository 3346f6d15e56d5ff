"""The kiosk without a network, against the real server: a card is saved, and counts once when the network is back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Stamp
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import Station
from stampwell.merchants.pins import set_pin
from stampwell.offline.models import KeptScan
from stampwell.vouchers.links import voucher_code
from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone
from tests.browser.stations import open_device, wait_until_kept
from tests.web.customer import give_stamps
from tests.world import PIN, HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = CAMERA_SECONDS * 1000
OFFER = "Ten stamps, one coffee."
PATIENCE = 8_000  # what must not be saved is sent again and again for so long
ASKS_EVERY = 10_000  # a page that was opened without a network asks for the real one


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    set_pin(shop.merchant, shop.ada.id, PIN)
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish(offer={"en": OFFER}).card()


@pytest.fixture
def kiosk(phone: Phone, camera: Camera, shop: Shop, card: HeldCard, live_server: LiveServer) -> Phone:
    """A tablet that also opens without a network, with nothing before its camera."""
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    phone.page.set_viewport_size({"width": 820, "height": 1180})
    phone.page.clock.install()
    open_device(phone, shop, "kiosk", live_server.url)
    expect(phone.page.get_by_text(OFFER).first).to_be_visible()
    wait_until_kept(phone.page, "kiosk")
    return phone


def hold_up(page: Page, camera: Camera, code: str) -> None:
    """Chromium opens the film anew with the page."""
    camera.show(code)
    page.reload()


def step_back(page: Page, camera: Camera) -> None:
    """Nobody stands before the kiosk any more."""
    camera.show_nothing()
    page.reload()


def connect(page: Page) -> None:
    expect(page.locator("[data-kept]")).to_be_visible(timeout=SLOW)  # a page that has just begun knows of none yet
    page.context.set_offline(False)
    expect(page.locator("[data-kept]")).to_be_hidden(timeout=SLOW)
    page.clock.fast_forward(ASKS_EVERY)
    expect(page.get_by_role("link", name="Settings of the kiosk")).to_be_visible(timeout=SLOW)


def answer(page: Page, words: str) -> None:
    expect(page.locator("[data-result]")).to_contain_text(words, timeout=SLOW)


def strip(page: Page, words: str) -> None:
    expect(page.locator("[data-kept-chips]")).to_contain_text(words, timeout=SLOW)


def test_reloaded_without_a_network_a_card_is_saved_and_counts_once_when_it_is_back(
    kiosk: Phone, camera: Camera, card: HeldCard
) -> None:
    page = kiosk.page
    page.context.set_offline(True)
    hold_up(page, camera, card.code)

    answer(page, "It will count when the connection is back.")
    strip(page, "Saved scans: 1, since")
    assert_accessible(page)
    page.reload()
    answer(page, "Already saved")
    assert card.row.stamps == 0

    step_back(page, camera)
    connect(page)
    assert card.row.stamps == 1
    stamp = Stamp.objects.get()
    assert (stamp.source, stamp.staff_member_id) == ("kiosk", None)
    assert KeptScan.objects.get().device_key_id is not None, "signed by the tablet"


def test_a_reward_is_not_saved_and_sent_to_staff(kiosk: Phone, camera: Camera, card: HeldCard) -> None:
    give_stamps(card, 10)
    kiosk.page.context.set_offline(True)
    hold_up(kiosk.page, camera, voucher_code(card.open_vouchers[0].id, 0))
    answer(kiosk.page, "One moment")
    kiosk.page.clock.fast_forward(PATIENCE)

    answer(kiosk.page, "Show your card to the staff.")
    expect(kiosk.page.locator("[data-kept]")).to_be_hidden()


def test_what_did_not_count_stands_behind_the_pin_and_not_before_customers(
    kiosk: Phone, camera: Camera, card: HeldCard
) -> None:
    page = kiosk.page
    page.context.set_offline(True)
    hold_up(page, camera, card.code)
    answer(page, "It will count when the connection is back.")
    give_stamps(card, 1)
    step_back(page, camera)
    connect(page)

    page.get_by_role("link", name="Settings of the kiosk").press("Enter", timeout=SLOW)
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Open the settings").click()
    strip(page, "Waiting for a decision: 1")
    page.locator("[data-kept] > button").click()
    expect(page.get_by_role("dialog")).to_contain_text("The card was stamped shortly before or after.")
    assert_accessible(page)


def test_a_kiosk_that_was_switched_off_meanwhile_hands_in_what_it_had_saved(
    kiosk: Phone, camera: Camera, shop: Shop, card: HeldCard
) -> None:
    page = kiosk.page
    kiosk.watch.allow_refusals(403)
    page.context.set_offline(True)
    hold_up(page, camera, card.code)
    answer(page, "It will count when the connection is back.")
    revoke_station(shop.merchant, Station.objects.get().id, actor=shop.actor)
    step_back(page, camera)
    strip(page, "Saved scans: 1, since")
    page.context.set_offline(False)

    page.clock.fast_forward(ASKS_EVERY)
    expect(page.get_by_role("heading", name="This tablet is not a kiosk")).to_be_visible(timeout=SLOW)
    strip(page, "Waiting for a decision: 1")
    assert KeptScan.objects.get().reason == "station_revoked"

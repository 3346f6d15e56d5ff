"""Rewards without a network, against the real server: what the shop allows is handed out, saved, and used once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.offline.models import KeptScan
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.rows import VoucherRow
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.test_scanning_offline import enrol, expect_ready, real_profile, result, strip, type_number
from tests.offline.handed_out import allow, price, ready_voucher
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    offer = shop.publish(earning=AT_ONCE)
    price(offer, 90)
    return offer.card()


@pytest.fixture
def voucher(card: HeldCard) -> VoucherRow:
    return ready_voucher(card)


def scan_voucher(page: Page, voucher: VoucherRow) -> None:
    type_number(page, voucher_code(voucher.id, voucher.issue))


def hand_out(page: Page, voucher: VoucherRow) -> None:
    scan_voucher(page, voucher)
    result(page, "Which one is on the voucher?")
    page.get_by_role("button", name="A free coffee").click()
    result(page, "The voucher will be used when the connection is back.")
    page.get_by_role("button", name="Next").click()


def test_a_reward_outlives_a_killed_browser_and_uses_its_voucher_once(
    browser: Browser, shop: Shop, voucher: VoucherRow, live_server: LiveServer, tmp_path: Path, film: Path
) -> None:
    allow(shop, 90)
    with real_profile(browser, tmp_path, film) as context:
        enrol(context.new_page(), shop, live_server.url)
        context.close()
    with real_profile(browser, tmp_path, film) as context:
        page = context.new_page()
        context.set_offline(True)
        page.goto(f"{live_server.url}/scanner/")
        expect_ready(page)
        hand_out(page, voucher)
        strip(page, "Saved scans: 1, since ")

    assert not Redemption.objects.exists()
    with real_profile(browser, tmp_path, film) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/scanner/")
        strip(page, "Counted: 1")

        assert Redemption.objects.get().voucher_id == voucher.id
        assert KeptScan.objects.get().state == "counted"


def test_of_two_phones_that_handed_it_out_one_uses_the_voucher_and_the_other_waits(
    phone: Phone, new_phone: Callable[..., Phone], shop: Shop, voucher: VoucherRow, live_server: LiveServer
) -> None:
    allow(shop, 90)
    both = [phone, new_phone()]
    for one in both:
        one.watch.allow("ERR_INTERNET_DISCONNECTED")
        enrol(one.page, shop, live_server.url)
        one.context.set_offline(True)
        hand_out(one.page, voucher)

    both[0].context.set_offline(False)
    strip(both[0].page, "Counted: 1")
    both[1].context.set_offline(False)
    strip(both[1].page, "Waiting for a decision: 1")

    both[1].page.locator("[data-kept] > button").click()
    told = both[1].page.get_by_role("dialog")
    expect(told).to_contain_text("A free coffee")
    expect(told).to_contain_text("The voucher had been used already, or was used elsewhere meanwhile.")
    assert Redemption.objects.count() == 1
    assert KeptScan.objects.get(state="waiting").reason == "voucher_already_redeemed"


def test_the_page_that_opens_without_a_network_hands_a_voucher_out_once(
    phone: Phone, shop: Shop, voucher: VoucherRow, live_server: LiveServer
) -> None:
    allow(shop, 90)
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    enrol(phone.page, shop, live_server.url)
    page = phone.page
    phone.context.set_offline(True)
    page.reload()
    expect_ready(page)

    scan_voucher(page, voucher)
    result(page, "Not checked")
    assert page.locator("[data-rewards] button").all_inner_texts() == ["A biscuit", "A free coffee"]
    assert_accessible(page)
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("[data-kept]")).to_be_hidden()
    hand_out(page, voucher)
    scan_voucher(page, voucher)
    result(page, "Already handed out here")

    page.get_by_role("button", name="Next").click()
    strip(page, "Saved scans: 1")


def test_a_reward_is_taken_back_before_it_is_sent_and_uses_no_voucher(
    phone: Phone, shop: Shop, voucher: VoucherRow, live_server: LiveServer
) -> None:
    allow(shop, 90)
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    enrol(phone.page, shop, live_server.url)
    page = phone.page
    phone.context.set_offline(True)
    hand_out(page, voucher)

    page.locator("[data-kept] > button").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("dialog")).to_contain_text("Taken back: it will not count.")
    page.get_by_role("button", name="Close").click()
    phone.context.set_offline(False)

    strip(page, "Not counted: 1")
    assert not Redemption.objects.exists()


def test_where_the_shop_does_not_allow_it_no_reward_is_handed_out(
    phone: Phone, shop: Shop, voucher: VoucherRow, live_server: LiveServer
) -> None:
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    enrol(phone.page, shop, live_server.url)
    phone.context.set_offline(True)

    scan_voucher(phone.page, voucher)

    result(phone.page, "Rewards need a connection")
    expect(phone.page.locator("[data-kept]")).to_be_hidden()

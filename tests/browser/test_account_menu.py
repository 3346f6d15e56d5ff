"""The account menu in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.merchants.founding import found_merchant
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_everything_of_an_account_is_one_tap_away_on_a_phone_and_on_a_laptop(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop = open_lume()
    found_merchant(name="Bakery", locale="en", currency="EUR", time_zone="Europe/Riga", owner=shop.owner)

    page = _open(new_phone(base_url=live_server.url, width=390, height=844), live_server, shop)
    page.get_by_role("button", name="Café Lume").click()
    page.get_by_role("button", name="Menu", exact=True).click()
    assert_accessible(page)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("#account-menu").get_by_role("link", name="Journal").click()
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()

    page = _open(new_phone(base_url=live_server.url, width=1280, height=800), live_server, shop)
    page.get_by_role("button", name="Bakery").click()
    page.get_by_role("button", name="Account menu").click()
    assert_accessible(page)
    page.get_by_role("button", name="Café Lume").click()
    expect(page.locator(".shop-name")).to_have_text("Café Lume")
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Open your shop")).to_be_visible()


def _open(phone: Phone, server: LiveServer, shop: Shop) -> Page:
    sign_in(phone, server, shop)
    phone.page.goto("/")
    return phone.page

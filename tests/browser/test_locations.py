"""Standing in the shop with a phone: it says where it is, or why it cannot, and nothing is asked before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.ids import public_id
from stampwell.merchants.models import Location
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUTTON = "I am in the shop now"


@pytest.fixture
def shop(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Shop:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    return open_lume()


@pytest.fixture
def page(live_server: LiveServer, shop: Shop, new_phone: Callable[..., Phone]) -> Page:
    phone = new_phone(base_url=live_server.url, width=320, height=640)
    phone.watch.allow("status of 422")
    sign_in(phone, live_server, shop)
    phone.page.goto(f"/settings/locations/{public_id('loc', shop.location.id)}/")
    return phone.page


def test_the_phone_says_where_the_shop_is(page: Page, shop: Shop) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 56.9496, "longitude": 24.1052, "accuracy": 12})

    page.get_by_role("button", name=BUTTON).click()

    expect(page.get_by_label("Position on the map")).to_have_value("56.94960, 24.10520")
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    expect(page.get_by_text("Found. Press Save to keep it.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert str(Location.objects.get().latitude) == "56.949600"


def test_a_device_that_knows_only_the_town_says_so(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 56.9496, "longitude": 24.1052, "accuracy": 5000})

    page.get_by_role("button", name=BUTTON).click()

    expect(page.get_by_text("This device only knows roughly where it is.")).to_be_visible()
    expect(page.get_by_label("Position on the map")).to_have_value("56.94960, 24.10520")


def test_a_browser_that_may_not_tell_says_what_to_do(page: Page) -> None:
    page.get_by_label("Position on the map").fill("56.9, 24.1")
    page.context.clear_permissions()

    page.get_by_role("button", name=BUTTON).click()

    expect(page.get_by_text("The browser isn’t allowed to share your location.")).to_be_visible()
    expect(page.get_by_label("Position on the map")).to_have_value("56.9, 24.1")
    expect(page.get_by_role("button", name=BUTTON)).to_be_enabled()


def test_without_scripts_the_numbers_are_typed(
    live_server: LiveServer, shop: Shop, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(base_url=live_server.url, java_script_enabled=False)
    sign_in(phone, live_server, shop)
    page = phone.page
    page.goto("/settings/locations/new/")

    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
    page.get_by_label("Name").fill("Old Town")
    page.get_by_label("Position on the map").fill("56,9496; 24,1052")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The location has been added.")).to_be_visible()
    assert str(Location.objects.get(name="Old Town").longitude) == "24.105200"


def test_a_position_that_is_wrong_takes_the_owner_to_its_field(page: Page) -> None:
    page.get_by_label("Position on the map").fill("next to the church")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_label("Position on the map")).to_be_focused()
    expect(page.get_by_label("Position on the map")).to_have_value("next to the church")
    assert_accessible(page)

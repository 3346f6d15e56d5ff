"""The shop gets another name, on the owner's phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.merchants.models import Merchant
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.tiers import first_of
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", first_of(["light", "dark"]))
def test_the_owner_renames_the_shop(
    live_server: LiveServer, new_phone: Callable[..., Phone], settings: Settings, tmp_path: Path, scheme: str
) -> None:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    shop = open_lume()
    shop.publish(earning={"by": "amount", "amount_per_stamp": 1000})
    phone = new_phone(base_url=live_server.url, width=320, height=640, scheme=scheme)
    phone.watch.allow("status of 422")
    sign_in(phone, live_server, shop)
    page = phone.page
    page.goto("/settings/")
    assert_accessible(page)
    page.get_by_role("link", name="Name, language and currency").click()
    assert_accessible(page)
    expect(page.get_by_label("Currency")).to_be_disabled()

    page.get_by_label("Name of the shop").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name of the shop")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Name of the shop").fill("Lume & Daughters")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("link", name="Lume & Daughters")).to_be_visible()
    assert Merchant.objects.get(id=shop.merchant.id).name == "Lume & Daughters"


@pytest.mark.parametrize("locale", ["uz", "kk"])
def test_what_a_row_says_stands_beside_its_icon(
    live_server: LiveServer, new_phone: Callable[..., Phone], settings: Settings, tmp_path: Path, locale: str
) -> None:
    """However long it is, as long as the letters have their usual size."""
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    phone = new_phone(base_url=live_server.url, width=390, height=844, locale=locale)
    sign_in(phone, live_server, open_lume())
    phone.page.goto("/settings/")

    rows = phone.page.locator(".rows > li > a:has(> .initial)").all()

    assert len(rows) > 5
    for row in rows:
        icon, text = box_of(row.locator("> .initial")), box_of(row.locator("> .grow"))
        assert text.is_right_of(icon), row.inner_text()

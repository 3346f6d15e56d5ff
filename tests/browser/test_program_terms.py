"""The sheet before other terms are published, walked through on a phone and on a laptop."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.ids import public_id
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.jobs.conftest import queue as queue
from tests.world import Offer, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def offer(queue: None, live_server: LiveServer, settings: Settings, tmp_path: Path) -> Offer:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    offer = open_lume().publish()
    for count in (3, 8, 9):
        add_stamp(offer.shop.merchant, offer.card().id, Purchase(count=count), actor=offer.shop.actor)
    return offer


def ask_for(page: Page, offer: Offer, goal: int) -> None:
    page.goto(f"/programs/{public_id('prg', offer.program.id)}/edit/")
    page.locator("[name=goal]").fill(str(goal))
    page.get_by_role("button", name="Publish the new version").click()
    expect(page.get_by_role("heading", name="Check before you publish")).to_be_visible()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_an_owner_gives_better_terms_to_everybody(
    live_server: LiveServer, offer: Offer, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(base_url=live_server.url, width=390, height=844)
    sign_in(phone, live_server, offer.shop)
    page = phone.page
    ask_for(page, offer, 12)
    expect(page.get_by_text("Worse for customers").first).to_be_visible()
    assert_accessible(page)

    ask_for(page, offer, 8)

    expect(page.get_by_text("2 rewards become ready now.")).to_be_visible()
    assert fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert_accessible(page)
    page.get_by_role("button", name="Give it to everybody now").click()
    expect(page.get_by_text("Customers’ cards are getting the present terms")).to_be_visible()
    assert_accessible(page)

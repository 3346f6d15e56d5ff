"""Enter sends what only looks something up or says who somebody is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone
from tests.following import follow_everything
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_searching_and_signing_in_are_sent_by_enter(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    shop, page = open_lume(), new_phone(base_url=live_server.url).page
    shop.publish(asks_for=["name"]).card(name="Cy")
    follow_everything()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(shop.owner.email)
    page.get_by_label("Password").fill("ten stamps make a coffee")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("link", name="Cards", exact=True)).to_be_visible()

    page.goto("/cards/")
    page.get_by_role("searchbox").fill("Cy")
    page.get_by_role("searchbox").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Cy")  # the only card that fits

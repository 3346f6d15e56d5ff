"""The journal on a phone: its filters are a sheet that lies over nothing until it is asked for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone
from tests.browser.tour import Tour, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_filters_come_when_they_are_asked_for(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    tour, phone = Tour(), new_phone(base_url=live_server.url, width=390, height=844)
    sign_in(phone, live_server, tour.shop)
    page = phone.page
    page.goto("/journal/")
    expect(page.locator("#filters")).to_be_hidden()

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Period").select_option("today")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("list", name="Filters that are on").get_by_role("link", name="Today")).to_be_visible()

"""The table of prizes of a draw on a small phone, by keyboard and by thumb."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.programs.models import Prize
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_owner_makes_a_reward_a_surprise(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(base_url=live_server.url, width=320, height=640)
    sign_in(phone, live_server, open_lume())
    page = phone.page
    page.goto("/programs/new/")
    page.locator("[name=name]").fill("Tea card")
    page.locator("[name=goal-reward-name]").fill("A cake")
    page.get_by_role("button", name="Make it a surprise").click()
    name = page.get_by_label("Name of the draw")
    expect(name).to_be_focused()
    name.fill("A lucky day")
    first, second, third = (page.get_by_role("group", name=f"Prize {number}", exact=True) for number in (1, 2, 3))
    expect(first.get_by_label("Prize", exact=True)).to_have_value("A cake")
    first.get_by_label("Chance in percent").fill("5")
    expect(first.get_by_text("1 in 20 (5%)")).to_be_visible()
    expect(page.get_by_text("5% so far: 95% are missing.")).to_be_visible()
    second.get_by_label("Prize", exact=True).fill("A biscuit")
    page.get_by_role("button", name="Add a prize").click()
    expect(second.get_by_label("Prize", exact=True)).to_be_focused()
    second.get_by_label("Prize", exact=True).fill("A coffee")
    second.get_by_label("Chance in percent").fill("30")
    page.get_by_role("button", name="Give the rest to the last prize").click()
    expect(third.get_by_label("Chance in percent")).to_be_focused()
    expect(third.get_by_label("Chance in percent")).to_have_value("65")
    expect(page.get_by_text("All chances together: 100%.")).to_be_visible()
    second.get_by_role("button", name="Move up A coffee").press("Enter")
    expect(first.get_by_role("button", name="Move down A coffee")).to_be_focused()
    expect(page.locator("#preview").get_by_text("A coffee: 30%")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Publish the card").click()

    expect(page.get_by_role("heading", name="Tea card")).to_be_visible()
    assert list(Prize.objects.order_by("place").values_list("odds", flat=True)) == [3_000, 500, 6_500]

"""A phone that uses a reward alone is asked where it is, and whatever it says nobody stands there without a way on."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.merchants.models import Location
from tests.browser.chromium import Phone
from tests.web.customer import card_with_reward, one_reward, voucher_path
from tests.world import open_lume

_NEVER_ANSWERS = """() => {
    navigator.geolocation.getCurrentPosition = () => {};
    window.waiting = new Set();
    window.setTimeout = () => { const id = window.waiting.size + 1; window.waiting.add(id); return id; };
    window.clearTimeout = (id) => window.waiting.delete(id);
}"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_denied_and_far_away_it_is_shown_to_the_staff_and_near_the_shop_it_is_used(
    live_server: LiveServer, phone: Phone
) -> None:
    shop = open_lume()
    Location.objects.filter(merchant=shop.merchant).update(latitude=56.94965, longitude=24.10519)
    card = card_with_reward(shop.publish(**one_reward("self_redeem", place_check=True)))
    page, use = phone.page, f"{live_server.url}{voucher_path(card)}/use"
    button = page.get_by_role("button", name="Yes, use it now")
    phone.watch.allow("403")

    page.goto(use)
    page.evaluate(_NEVER_ANSWERS)
    button.click()
    page.evaluate("dispatchEvent(new Event('pageshow'))")  # gone elsewhere and back, while the phone was being asked
    assert page.evaluate("waiting.size") == 0, "what was tapped before would send the form of the next tap"
    button.click()
    assert page.evaluate("waiting.size") == 1

    page.goto(use)
    button.click()  # nobody has allowed it
    expect(page.get_by_text("Your phone did not say where it is, or not exactly enough.")).to_be_visible()
    expect(page.get_by_role("img", name="Code of this voucher, to be scanned by the staff")).to_be_visible()

    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 57.15, "longitude": 24.85, "accuracy": 20})
    page.goto(use)
    expect(page.get_by_text("your phone is asked where it is")).to_be_visible()
    button.click()
    expect(page.get_by_text("Your phone says that you are not near the shop.")).to_be_visible()

    page.context.set_geolocation({"latitude": 56.9497, "longitude": 24.1052, "accuracy": 20})
    page.goto(use)
    button.click()
    expect(page.locator("[data-live]")).to_be_visible()

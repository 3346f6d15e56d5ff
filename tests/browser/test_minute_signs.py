"""The sign of the minute as staff see it: one at a time, the server's, and none where nobody knows it any more."""

import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.clock import now
from stampwell.vouchers.minute_signs import MINUTE, signs_between
from tests.browser.chromium import Phone
from tests.browser.stations import open_scanner
from tests.web.customer import card_with_reward, one_reward, voucher_path
from tests.world import open_lume

# Of the line of the sign while it runs, and as it is before the script has begun.
HEIGHTS = """() => {
    const signs = document.querySelector("[data-minute-signs]"), line = document.querySelector(".minute-signs");
    const running = line.getBoundingClientRect().height;
    delete signs.dataset.running;
    const before = line.getBoundingClientRect().height;
    signs.dataset.running = "";
    return [running, before];
}"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_scanner_shows_the_sign_of_the_minute_and_none_when_it_knows_of_none(
    live_server: LiveServer, phone: Phone
) -> None:
    shop = open_lume()
    shop.hire("Bo")
    shop.publish(**one_reward("self_redeem"))
    phone.page.clock.install()
    around = signs_between(shop.merchant.id, now() - MINUTE, now() + 3 * MINUTE)  # the machine may be slow
    page = open_scanner(phone, shop, live_server.url)
    sign = page.locator(".minute-sign:visible")

    expect(sign).to_have_count(1)
    expect(page.locator("[data-minute-signs][data-running]")).to_have_count(1)  # or its script might never come
    expect(sign).to_have_class(re.compile("|".join(f"{one.colour}$" for one in around)))
    running, before = page.evaluate(HEIGHTS)
    assert running == before > 0, "the camera below it does not move"
    phone.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch")
    page.context.set_offline(True)
    page.clock.fast_forward(3_600_000)
    expect(page.locator(".minute-sign:visible, .minute-signs:visible")).to_have_count(0)


def test_the_screen_of_the_customer_without_a_connection_shows_no_old_sign_and_says_what_staff_do(
    live_server: LiveServer, phone: Phone
) -> None:
    where = voucher_path(card_with_reward(open_lume().publish(**one_reward("self_redeem"))))
    page = phone.page
    page.clock.install()
    page.goto(f"{live_server.url}{where}/use")
    page.get_by_role("button", name="Yes, use it now").click()
    sign, instead = page.locator(".minute-sign:visible"), page.get_by_text("Without a connection no sign is shown.")
    expect(sign).to_have_count(1)
    expect(instead).to_be_hidden()
    expect(page.locator("[data-minute-signs][data-running]")).to_have_count(1)  # or its script might never come
    phone.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch")
    page.context.set_offline(True)

    page.clock.fast_forward(150_000)  # it knew this minute and the next one

    expect(instead).to_be_visible()
    expect(sign).to_have_count(0)
    expect(page.get_by_text("your scanner shows the same sign")).to_be_hidden()
    expect(page.locator("[data-live]:not(.over)")).to_be_visible()

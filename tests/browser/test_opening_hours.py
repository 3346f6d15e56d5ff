"""The hours of a location on a small phone: by touch, by keyboard, pasted, and without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.ids import public_id
from stampwell.merchants.models import Location
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def shop(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Shop:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    return open_lume()


@pytest.fixture
def open_form(live_server: LiveServer, shop: Shop, new_phone: Callable[..., Phone]) -> Callable[..., Page]:
    def opened(**differently: object) -> Page:
        phone = new_phone(base_url=live_server.url, width=320, height=640, **differently)
        phone.watch.allow("status of 422")
        sign_in(phone, live_server, shop)
        phone.page.goto(f"/settings/locations/{public_id('loc', shop.location.id)}/")
        return phone.page

    return opened


def day(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def test_a_week_is_set_in_a_few_taps(open_form: Callable[..., Page], shop: Shop) -> None:
    page = open_form()
    monday, sunday = day(page, "Monday"), day(page, "Sunday")
    page.get_by_label("At these hours").check()

    monday.get_by_label("From").fill("08:00")
    monday.get_by_label("Until").fill("12:00")
    monday.get_by_role("button", name="Add a break").click()
    expect(monday.get_by_label("From").nth(1)).to_be_focused()
    monday.get_by_label("From").nth(1).fill("13:00")
    monday.get_by_label("Until").nth(1).fill("18:00")
    monday.get_by_role("button", name="Copy to all days").click()
    expect(page.get_by_text("All days now have these hours.")).to_be_visible()
    expect(sunday.get_by_label("Until").nth(1)).to_have_value("18:00")
    sunday.get_by_role("switch", name="Sunday").uncheck()
    expect(sunday.get_by_text("Closed")).to_be_visible()
    expect(sunday.get_by_label("From").first).to_be_hidden()
    holidays = page.get_by_role("group", name="Holiday", exact=True)
    for row in range(2):
        page.get_by_role("button", name="Add a holiday").click()
        expect(holidays.nth(row).get_by_label("Holiday")).to_be_focused()
    second = holidays.nth(1)
    second.get_by_label("First day").fill("2026-11-18")
    page.get_by_role("button", name="Remove this holiday").first.click()
    expect(holidays).to_have_count(1)
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    kept = Location.objects.get().opening_hours
    assert kept == {str(number): [["08:00", "12:00"], ["13:00", "18:00"]] for number in range(1, 7)} | {"7": []}
    assert [holiday["first_day"] for holiday in Location.objects.get().holidays] == ["2026-11-18"]


def test_hours_over_midnight_say_so_at_once(open_form: Callable[..., Page]) -> None:
    page = open_form()
    page.get_by_label("At these hours").check()
    friday = day(page, "Friday")
    note = friday.get_by_text("on the next day")
    expect(note).to_be_hidden()

    friday.get_by_label("Until").fill("02:00")

    expect(note).to_be_visible()
    friday.get_by_label("Until").fill("00:00")
    expect(note).to_be_hidden()


@pytest.mark.parametrize("text", ["8-18", "8:00–18:00", "8.00-18.00"])
def test_pasted_hours_fill_both_fields(open_form: Callable[..., Page], text: str) -> None:
    page = open_form()
    page.get_by_label("At these hours").check()
    monday = day(page, "Monday")

    monday.get_by_label("Until").evaluate(PASTE, text)

    expect(monday.get_by_label("From")).to_have_value("08:00")
    expect(monday.get_by_label("Until")).to_have_value("18:00")


def test_pasted_nonsense_stays_with_a_sentence_beside_its_day(open_form: Callable[..., Page]) -> None:
    page = open_form()
    page.get_by_label("At these hours").check()
    monday = day(page, "Monday")

    monday.get_by_label("From").evaluate(PASTE, "from eight to six")

    expect(monday.get_by_text("These hours cannot be read: from eight to six-18:00.")).to_be_visible()
    expect(monday.get_by_label("From")).to_have_value("from eight to six")
    expect(monday.get_by_label("From")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)


def test_enter_in_a_time_rearranges_nothing(open_form: Callable[..., Page]) -> None:
    page = open_form()
    page.get_by_label("At these hours").check()
    monday = day(page, "Monday")

    monday.get_by_label("From").press("Enter")
    monday.get_by_label("From").fill("07:00")

    expect(monday.get_by_label("From")).to_have_count(1)
    expect(monday.get_by_label("From")).to_have_value("07:00")
    assert Location.objects.get().opening_hours == {}


def test_the_keyboard_alone_is_enough(open_form: Callable[..., Page]) -> None:
    page = open_form()
    page.get_by_label("At any time").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("At these hours")).to_be_checked()

    page.keyboard.press("Tab")
    expect(page.get_by_role("switch", name="Monday")).to_be_focused()
    page.keyboard.press("Space")

    expect(page.get_by_role("switch", name="Monday")).not_to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("switch", name="Tuesday")).to_be_focused()


def test_without_scripts_the_same_buttons_work(open_form: Callable[..., Page]) -> None:
    page = open_form(java_script_enabled=False)
    page.get_by_label("At these hours").check()
    monday = day(page, "Monday")

    monday.get_by_role("button", name="Add a break").click()
    monday.get_by_label("Until").first.fill("12:00")
    monday.get_by_label("From").nth(1).fill("13:00")
    monday.get_by_label("Until").nth(1).fill("18:00")
    monday.get_by_role("button", name="Copy to Monday to Friday").click()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Location.objects.get().opening_hours["5"] == [["09:00", "12:00"], ["13:00", "18:00"]]
    assert Location.objects.get().opening_hours["6"] == []

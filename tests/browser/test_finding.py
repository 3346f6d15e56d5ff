"""Finding a customer at the scanner, and the list of today, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.clock import now
from stampwell.merchants.models import StaffMember
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.large_text import faults_of_large_text
from tests.browser.stations import open_scanner
from tests.browser.test_scanner import result, type_number
from tests.browser.test_scanner import scanner as scanner
from tests.browser.test_scanner import shop as shop
from tests.tiers import first_of
from tests.world import HeldCard, Shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna(shop: Shop) -> HeldCard:
    StaffMember.objects.update(practice_declined=now())
    return shop.publish().card(name="Anna Bērziņa", phone="+371 2000 7777")


def find(page: Page, words: str) -> None:
    page.get_by_role("button", name="Find by name, phone or email").click()
    page.get_by_label("Name, phone or email", exact=True).fill(words)
    page.get_by_role("button", name="Find the customer").click()


def test_a_customer_is_found_by_words_and_the_card_that_is_tapped_is_stamped(anna: HeldCard, scanner: Phone) -> None:
    page = scanner.page
    find(page, "ana berzina")
    result(page, "Nobody has exactly this name. Who is it?")
    assert_accessible(page)

    page.get_by_role("button", name=re.compile("Anna B.*7777.*0 of 10 stamps")).click()
    result(page, "1 of 10 stamps")

    assert anna.row.stamps == 1


def test_the_field_takes_numbers_until_words_are_asked_for(anna: HeldCard, scanner: Phone) -> None:
    field = scanner.page.locator("[name=code]")
    toggle = scanner.page.get_by_role("button", name="Find by name, phone or email")
    assert (field.get_attribute("inputmode"), toggle.get_attribute("aria-pressed")) == ("numeric", "false")

    toggle.click()
    assert (field.get_attribute("inputmode"), toggle.get_attribute("aria-pressed")) == ("text", "true")
    expect(field).to_be_focused()

    toggle.click()
    assert (field.get_attribute("inputmode"), toggle.get_attribute("aria-pressed")) == ("numeric", "false")
    type_number(scanner.page, anna.row.short_number)
    result(scanner.page, "1 of 10 stamps")


def test_a_name_that_is_typed_at_once_is_looked_for_and_a_code_is_not(anna: HeldCard, scanner: Phone) -> None:
    page = scanner.page
    type_number(page, "anna")
    result(page, "Who is it?")
    expect(page.locator("[name=code]")).to_have_value("anna")
    page.get_by_role("button", name="Cancel").click()

    type_number(page, "FREECOFFEE")
    result(page, "This code is for the till")


def test_without_a_connection_it_is_said_and_the_number_is_kept_as_ever(anna: HeldCard, scanner: Phone) -> None:
    page = scanner.page
    scanner.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    expect(page.locator("[name=code]")).to_be_enabled()
    scanner.context.set_offline(True)
    find(page, "anna")
    result(page, "Finding by name needs a connection")
    page.get_by_role("button", name="Next").click()

    page.get_by_role("button", name="Find by name, phone or email").click()
    type_number(page, anna.row.short_number)
    result(page, "It will count when the connection is back.")
    scanner.context.set_offline(False)


@pytest.mark.parametrize("locale", first_of(["lv-LV", "uz-UZ", "ja-JP"]))
def test_what_was_found_and_the_list_of_today_are_read_whole_on_a_small_phone(
    new_phone: Callable[..., Phone], shop: Shop, anna: HeldCard, live_server: LiveServer, locale: str
) -> None:
    phone = new_phone(locale=locale, width=320, height=640)
    page = phone.page
    open_scanner(phone, shop, live_server.url)
    page.locator("[data-find]").click()
    page.locator("[name=code]").fill("ana berzina")
    page.locator("[name=code]").press("Enter")
    expect(page.locator(".found li")).to_have_count(1)
    assert faults_of_large_text(page) == []
    assert_accessible(page)

    page.locator(".found li button").click()
    expect(page.locator("[data-result][data-outcome=stamped]")).to_be_visible()
    page.goto(f"{live_server.url}/scanner/today")

    expect(page.locator(".history > li")).to_have_count(1)
    assert faults_of_large_text(page) == []
    assert_accessible(page)

    page.goto(f"{live_server.url}/scanner/own-card")
    page.locator("[name=number]").fill(anna.row.short_number)
    page.locator("form.form button.primary").click()
    expect(page.locator(".notice.good")).to_contain_text(anna.row.short_number[:4])
    assert faults_of_large_text(page) == []
    assert_accessible(page)


def test_a_stamp_is_undone_from_the_list_of_today(anna: HeldCard, scanner: Phone) -> None:
    page = scanner.page
    type_number(page, anna.row.short_number)
    result(page, "1 of 10 stamps")
    page.get_by_role("button", name="Next").click()

    page.locator("header .menu > summary").click()
    page.get_by_role("link", name="Today at this phone").click()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("The stamp has been undone.")).to_be_visible()
    expect(page.locator(".history > li")).to_contain_text("Undone")
    assert anna.row.stamps == 0

"""Practising in a real browser: every scene, by what it asks for, at the width of a phone."""

import re
from collections.abc import Callable

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Stamp
from stampwell.events.models import Event
from stampwell.merchants.models import StaffMember
from stampwell.web.scanner.made_up import NUMBER
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.stations import open_scanner
from tests.tiers import first_of
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


def do_what_is_asked(page: Page) -> None:
    """What is marked on the page, as a person would find it."""
    here = page.locator(".here")
    expect(here).to_have_count(1)
    if here.locator("xpath=ancestor::form[@data-typed]").count():
        page.locator("[data-typed] input").fill(f"{NUMBER[:4]} {NUMBER[4:]}")
    if here.get_attribute("form") == "amount-form":
        page.locator("[data-key='5']").click()
    here.click()


def task(page: Page) -> str:
    return page.locator("[data-task]").inner_text()


@pytest.mark.parametrize(("locale", "width"), first_of([("en", 390), ("lv", 390), ("kk", 320)]))
def test_the_whole_tour_at_the_width_of_a_phone(
    new_phone: Callable[..., Phone], shop: Shop, live_server: LiveServer, locale: str, width: int
) -> None:
    shop.publish()
    phone = new_phone(locale=locale, width=width, height=2 * width)
    page, sent = phone.page, list[Request]()
    open_scanner(phone, shop, live_server.url)
    events = Event.objects.count()
    with override(locale):
        page.get_by_role("link", name=gettext("Practise")).first.click()
        assert_accessible(page)
        page.get_by_role("button", name=gettext("Begin"), exact=True).click()
        page.on("request", lambda request: sent.append(request))
        tasks = []
        while page.locator("[data-finish]").is_hidden():
            tasks.append(task(page))
            assert_accessible(page)
            do_what_is_asked(page)
        assert_accessible(page)
        assert [request.url for request in sent if request.method == "POST"] == []
        page.get_by_role("button", name=gettext("Finish"), exact=True).click()
        expect(page.get_by_role("button", name=gettext("Send the number"))).to_be_visible()

    assert len(tasks) == 14
    assert not Stamp.objects.exists()
    assert Event.objects.count() == events
    assert StaffMember.objects.get(name="Bo").practised


def test_what_was_not_asked_for_does_nothing_and_says_so(phone: Phone, shop: Shop, live_server: LiveServer) -> None:
    shop.publish()
    page = phone.page
    open_scanner(phone, shop, live_server.url)
    page.goto(f"{live_server.url}/scanner/practice")
    page.get_by_role("button", name="A stamp to undo").click()
    do_what_is_asked(page)

    page.get_by_role("button", name="Next").click()

    expect(page.locator("[data-hint]")).to_contain_text("only what is described above")
    page.keyboard.press("Escape")
    expect(page.locator("[data-result]")).to_contain_text("3 of 10 stamps")
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator("[data-result]")).to_contain_text("1 stamp was undone")
    expect(page.locator("[data-hint]")).to_be_empty()


def test_a_number_is_typed_until_it_is_the_right_one(phone: Phone, shop: Shop, live_server: LiveServer) -> None:
    shop.publish()
    page = phone.page
    open_scanner(phone, shop, live_server.url)
    page.goto(f"{live_server.url}/scanner/practice")
    page.get_by_role("button", name="A number to type").click()

    page.locator("[data-typed] input").fill("1234 5670")
    page.get_by_role("button", name="Send the number").click()
    expect(page.locator("[data-hint]")).not_to_be_empty()
    do_what_is_asked(page)

    expect(page.locator("[data-result]")).to_contain_text("3 of 10 stamps")


def test_an_amount_is_entered_on_the_pad(phone: Phone, shop: Shop, live_server: LiveServer) -> None:
    shop.publish(earning={"by": "amount", "amount_per_stamp": 500})
    page = phone.page
    open_scanner(phone, shop, live_server.url)
    page.goto(f"{live_server.url}/scanner/practice")
    page.get_by_role("button", name="Begin").click()

    do_what_is_asked(page)
    expect(page.locator("[data-result]")).to_contain_text("Amount of the purchase")
    do_what_is_asked(page)

    expect(page.locator("[data-result]")).to_contain_text("3 of 10 stamps")


def test_it_is_offered_beside_the_work_and_skipped_with_one_tap(
    phone: Phone, shop: Shop, live_server: LiveServer
) -> None:
    card = shop.publish().card()
    page = phone.page
    open_scanner(phone, shop, live_server.url)

    expect(page.get_by_text("New here?")).to_be_visible()
    page.get_by_label("Number below the code").fill(card.row.short_number)
    page.get_by_role("button", name="Send the number").click()
    expect(page.locator("[data-result]")).to_contain_text("1 of 10 stamps")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Skip").click()

    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()
    expect(page.get_by_text("New here?")).to_have_count(0)

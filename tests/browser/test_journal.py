"""The journal in a real browser: on a phone its filters are a sheet, on a desk twenty lines are seen at once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.customers.search_index import prepare_search_index
from tests.browser.boxes import ROOM, box_of
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.following import follow_everything
from tests.web.dashboard.desk import page_of
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_filters_come_when_they_are_asked_for(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    shop, phone = open_lume(), new_phone(base_url=live_server.url, width=390, height=844)
    add_stamp(shop.merchant, shop.publish().card().id, Purchase(), actor=shop.actor)
    follow_everything()
    sign_in(phone, live_server, shop)
    page = phone.page
    page.goto("/journal/")
    expect(page.locator("#filters")).to_be_hidden()

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Period").select_option("today")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("list", name="Filters that are on").get_by_role("link", name="Today")).to_be_visible()


def test_links_to_more_of_it_stand_in_as_many_lines_as_they_need(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop, phone = open_lume(), new_phone(base_url=live_server.url, width=320, height=640, locale="kk")
    offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 0})
    for _card in range(40):
        add_stamp(shop.merchant, offer.card().id, Purchase(), actor=shop.actor)
    follow_everything()
    sign_in(phone, live_server, shop)

    phone.page.goto("/journal/")

    expect(phone.page.locator(".pages a")).to_have_count(2)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 320


def test_at_1280_pixels_twenty_lines_are_seen_and_words_find_one(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop, phone = open_lume(), new_phone(base_url=live_server.url, width=1280, height=800)
    offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 0})
    prepare_search_index()
    for number in range(24):
        issued = offer.card(name=f"Kristiāna Vītoliņa {number}")
        add_stamp(shop.merchant, issued.id, Purchase(receipt_id=f"R-{number}"), actor=shop.actor)
    follow_everything()
    sign_in(phone, live_server, shop)
    page = phone.page

    page.goto("/journal/?period=month")

    lines = page.locator(".entries > li")
    boxes = [box_of(line) for line in lines.all()]
    seen = [box for box in boxes if box.y + box.height <= 800 + ROOM]
    assert len(seen) >= 20

    page.goto("/cards/")
    rows = [box_of(row) for row in page.locator(".table tbody > tr").all()]
    assert len([box for box in rows if box.y + box.height <= 800 + ROOM]) >= 20

    page.goto("/journal/?period=month")
    page.get_by_role("searchbox").fill("vitolina 7")
    page.keyboard.press("Enter")
    expect(lines).to_have_count(2)
    page.get_by_role("searchbox").fill("R-7")
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    expect(page.get_by_role("list", name="Filters that are on").get_by_role("link")).to_have_count(2)


def test_an_undo_without_a_reason_brings_its_field_into_view_and_says_why_beside_it(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop, phone = open_lume(), new_phone(base_url=live_server.url, width=390, height=844)
    card = shop.publish().card(name="Ed")
    for count in range(1, 9):
        with stopped_at(now() - timedelta(minutes=9 - count)):
            add_stamp(shop.merchant, card.id, Purchase(count=count, override=True), actor=shop.actor)
    follow_everything()
    sign_in(phone, live_server, shop)
    phone.watch.allow("409")
    page = phone.page
    for path, line, said in (
        ("/journal/", ".entries > li", "1 stamp added"),
        (page_of(card), ".history > li", "2 stamps added"),
    ):
        page.goto(path)
        oldest = page.locator(line).filter(has_text=said).last
        oldest.locator("summary").click()
        oldest.get_by_role("button", name="Undo").click()

        field = page.get_by_role("textbox", name="Reason", exact=True).locator("visible=true")
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport(ratio=1)
        expect(field).to_have_accessible_description(re.compile("needs a reason.*Enter a few words"))
        expect(page.locator("#reason-missing")).to_be_in_viewport(ratio=1)

        field.fill("Wrong card")
        field.locator("xpath=..").get_by_role("button", name="Undo").click()
        expect(page.get_by_text("The stamp has been undone")).to_be_visible()

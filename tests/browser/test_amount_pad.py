"""The keys for an amount: fast thumbs, what it gives, and a question where it is very large."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.merchants.models import StaffMember
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone
from tests.browser.pages import draw_page
from tests.browser.site import Answer, serve
from tests.browser.stations import open_scanner
from tests.browser.test_scanner import result, type_number
from tests.tiers import first_of
from tests.world import COFFEE, HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FINGERS = """(keys) => {
  const finger = (name, pointerId, key) => key.dispatchEvent(
    new PointerEvent(name, { pointerId, button: 0, bubbles: true, isPrimary: pointerId === 1 }));
  const of = (name) => document.querySelector(`[data-result] [data-key="${name}"]`);
  for (const [at, name] of keys.entries()) {
    finger("pointerdown", 1 + at % 2, of(name)); // before the other one has left
    if (at) finger("pointerup", 1 + (at - 1) % 2, of(keys[at - 1]));
  }
}"""
SCROLL = """(name) => {
  const key = document.querySelector(`[data-result] [data-key="${name}"]`);
  for (const type of ["pointerdown", "pointercancel"])
    key.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, bubbles: true }));
}"""
ASKS = """{% extends "partials/counter_page.html" %}{% load static %}
{% block main %}{% include "partials/scanner_view.html" with scan_url="/" server_now=0 %}{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/scanner/pad.js' %}"></script>
<script type="module" src="{% static 'js/scanner/amount-pad.js' %}"></script>{% endblock %}"""
ASK = """async (amounts) => {
  const { askAmount } = await import("/static/js/scanner/amount-pad.js");
  const { ResultPanel } = await import("/static/js/scanner/result.js");
  const result = new ResultPanel(document.querySelector("[data-result]"), Date.now);
  window.said = askAmount(result, amounts).then((amount) => ({ amount }));
}"""
EURO = {"currency": "EUR", "minor": 2, "decimals": 2, "sign": ".", "group": ",", "asks_from": 5000}
YEN = {"currency": "JPY", "minor": 0, "decimals": 0, "sign": ".", "group": ",", "asks_from": 0}
TENGE = {"currency": "KZT", "minor": 2, "decimals": 0, "sign": ",", "group": " ", "asks_from": 0}


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    tenth = {"name": "A tenth", "path": "self_redeem", "discount": {"kind": "percentage", "percent": 10}}
    given = [{"stamps": 5, "reward": tenth}, COFFEE]
    return shop.publish(earning={"by": "amount", "amount_per_stamp": 500}, milestones=given).card()


@pytest.fixture
def page(phone: Phone, shop: Shop, card: HeldCard, live_server: LiveServer) -> Page:
    """A scanner that asks for the amount of a purchase."""
    open_scanner(phone, shop, live_server.url)
    type_number(phone.page, card.row.short_number)
    expect(amount_of(phone.page)).to_be_focused()
    return phone.page


def amount_of(page: Page) -> Any:
    return page.get_by_label("Amount of the purchase")


def tap(page: Page, *keys: str) -> None:
    for key in keys:
        page.get_by_role("button", name=key, exact=True).click()


def test_of_two_thumbs_that_overlap_no_digit_is_lost_and_none_is_doubled(page: Page) -> None:
    page.evaluate(FINGERS, list("12345.67"))
    tap(page, "Delete the last digit", "8", "8")

    expect(amount_of(page)).to_have_value("12345.68")  # and the second 8 would be a third decimal


def test_a_finger_that_wanted_to_scroll_has_typed_nothing(page: Page) -> None:
    tap(page, "1")
    page.evaluate(SCROLL, "2")

    expect(amount_of(page)).to_have_value("1")


def test_a_keyboard_and_a_screen_reader_press_the_keys_too(page: Page) -> None:
    key = page.get_by_role("button", name="7", exact=True)
    key.evaluate("(key) => key.click()")  # as a screen reader does
    key.focus()
    page.keyboard.press("Space")
    page.keyboard.press("5")  # while the focus is on a key

    expect(amount_of(page)).to_have_value("775")
    expect(amount_of(page)).to_be_focused()


def test_what_an_amount_gives_is_said_while_it_is_typed(page: Page, card: HeldCard) -> None:
    gives = page.locator("[data-gives]")
    tap(page, "4", "Decimal sign", "5")
    expect(gives).to_have_text("No stamp yet: 4.50 of €5.00 towards the next one")
    tap(page, "Delete the last digit", "Delete the last digit", "Delete the last digit", "1", "2", "Decimal sign", "5")
    expect(gives).to_have_text("Stamps: 2, and 2.50 of €5.00 towards the next one")

    tap(page, "Stamp")

    result(page, "2 of 10 stamps")
    assert card.row.remainder == 250


def test_a_very_large_amount_is_asked_about_and_a_double_tap_says_nothing(page: Page, card: HeldCard) -> None:
    tap(page, "5", "0")
    page.get_by_role("button", name="Stamp", exact=True).dblclick()
    expect(page.get_by_text("This is a very large amount.")).to_be_visible()
    assert card.row.stamps == 0
    tap(page, "Delete the last digit")
    expect(page.get_by_text("This is a very large amount.")).to_be_hidden()
    tap(page, "0", "Stamp", "Stamp")

    result(page, "10 of 10 stamps")


def test_the_keys_are_large_under_the_thumb_and_a_double_tap_does_not_zoom(page: Page) -> None:
    keys = page.locator("[data-result] .pad button")
    boxes = [box_of(key) for key in keys.all()]

    assert len(boxes) == 12
    assert all(box.is_tappable() for box in boxes)
    assert min(box.y for box in boxes) > 844 / 3
    assert page.locator(".pad").first.evaluate("(pad) => getComputedStyle(pad).touchAction") == "manipulation"
    assert amount_of(page).get_attribute("inputmode") == "none"


def test_on_a_small_phone_all_keys_are_in_sight_below_the_rewards(
    new_phone: Callable[..., Phone], shop: Shop, card: HeldCard, live_server: LiveServer
) -> None:
    StaffMember.objects.update(practised=now())
    add_stamp(shop.merchant, card.id, Purchase(count=5), actor=shop.actor)
    at_rest = new_phone(width=320, height=568, locale="lv", reduced_motion="reduce")  # nothing is measured on its way
    page = open_scanner(at_rest, shop, live_server.url)
    page.locator("[data-typed] input").fill(card.row.short_number)
    page.locator("[data-typed] input").press("Enter")
    expect(page.locator(".rewards-ready > summary")).to_be_in_viewport(ratio=1)

    keys = [box_of(key) for key in page.locator("[data-result] .pad button").all()]
    assert all(key.is_tappable() for key in keys)
    assert max(key.y + key.height for key in keys) <= box_of(page.locator("[data-result] .actions")).y + 1


@contextmanager
def asking(phone: Phone, amounts: dict[str, Any]) -> Iterator[Page]:
    """Without a server that knows the card."""
    with serve({"/": Answer(draw_page(ASKS))}, scans=True) as url:
        phone.page.goto(url)
        phone.page.evaluate(ASK, amounts)
        yield phone.page


def answer(page: Page) -> object:
    return page.evaluate("window.said")["amount"]


@pytest.mark.parametrize(
    ("amounts", "keys", "shown", "minor"),
    [
        (EURO, ["1", "2", "Decimal sign", "5"], "12.5", 1250),
        (EURO, ["Decimal sign", "5", "5", "5"], "0.55", 55),
        (EURO, ["7", "Decimal sign"], "7.", 700),
        (YEN, ["0", "0", "1", "2", "00"], "1200", 1200),
        (TENGE, ["1", "5", "00"], "1500", 150_000),
    ],
    ids=lambda value: json.dumps(value)[:16],
)
def test_an_amount_is_asked_for_in_its_currency(
    phone: Phone, amounts: dict[str, Any], keys: list[str], shown: str, minor: int
) -> None:
    with asking(phone, amounts) as page:
        tap(page, *keys)
        expect(page.get_by_label(f"Amount of the purchase in {amounts['currency']}")).to_have_value(shown)
        tap(page, "Stamp")

        assert answer(page) == minor


def test_what_is_no_amount_is_asked_for_again_and_who_closes_says_none(phone: Phone) -> None:
    with asking(phone, EURO) as page:
        amount_of(page).fill("ten")
        tap(page, "Stamp")
        expect(page.get_by_text("This is not an amount.")).to_be_visible()
        tap(page, "Cancel")

        assert answer(page) is None


def test_a_very_large_amount_is_asked_about_without_a_connection_too(phone: Phone) -> None:
    with asking(phone, EURO) as page:
        tap(page, "5", "0", "Stamp")
        expect(page.get_by_text("This is a very large amount.")).to_be_visible()
        tap(page, "Stamp")

        assert answer(page) == 5000


@pytest.mark.parametrize(("locale", "width"), first_of([("en", 390), ("lv", 390), ("et", 320)]))
def test_an_amount_and_the_rewards_of_its_card_are_accessible(
    new_phone: Callable[..., Phone], shop: Shop, card: HeldCard, live_server: LiveServer, locale: str, width: int
) -> None:
    add_stamp(shop.merchant, card.id, Purchase(count=5), actor=shop.actor)
    page = open_scanner(new_phone(width=width, locale=locale), shop, live_server.url)
    page.locator("[data-typed] input").fill(card.row.short_number)
    page.locator("[data-typed] input").press("Enter")
    summary, keys = page.locator(".rewards-ready > summary"), page.locator("[data-result] .pad")
    expect(keys).to_be_visible()
    assert_accessible(page)

    summary.click()

    expect(keys).to_be_hidden()  # so that nobody stamps while they hand out
    expect(page.locator("[data-result] button[form]")).to_be_hidden()
    assert_accessible(page)
    page.locator("[data-result] .ticket form[action$='/purchase'] button").click()
    expect(page.locator("#amount-form[action$='/redemption']")).to_be_visible()
    assert box_of(page.locator("[data-result] button[form]")).is_tappable()
    assert_accessible(page)
    page.locator("[data-result] [data-pad-field]").fill("12.50")
    page.locator("[data-result] button[form]").click()
    expect(page.locator("[data-result][data-outcome=handed_over]")).to_contain_text(
        re.compile("1[.,]25.+11[.,]25", re.S)
    )
    assert_accessible(page)

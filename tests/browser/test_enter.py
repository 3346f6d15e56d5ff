"""Enter in a field sends nothing that is a promise or that cannot be taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone
from tests.browser.tour import Tour, sign_in
from tests.following import follow_everything
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What would be sent is written down and held back, so that all fields of a page can be tried.
LISTEN = """() => {
  window.sent = [];
  addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "dialog") return;  // let through, to see that the browser sends nothing
    event.preventDefault();
    event.stopImmediatePropagation();
    window.sent.push(`${event.target.action} by ${document.activeElement.name}`);
  }, true);
  for (const details of document.querySelectorAll("details:not(.menu)")) details.open = true;
}"""
FIELDS = "form[method=post] :is(input, select):not([type=hidden], [type=file], [type=color], [disabled]):visible"


def sent_by_enter(page: Page, path: str) -> list[str]:
    page.goto(path)
    page.evaluate(LISTEN)
    for field in page.locator(FIELDS).all():
        field.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")  # closes the list that a browser may have opened
    sent: list[str] = page.evaluate("window.sent")  # it would be gone with the page
    return sent


def test_no_form_of_the_desk_is_sent_by_enter(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    tour, phone = Tour(), new_phone(base_url=live_server.url)
    sign_in(phone, live_server, tour.shop)

    sent = {path: sent_by_enter(phone.page, path) for path in tour.owners_pages()}

    assert {path: forms for path, forms in sent.items() if forms} == {}


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

    expect(page.locator("a.whole-row")).to_have_text("Cy")

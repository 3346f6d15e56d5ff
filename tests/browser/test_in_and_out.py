"""Customers come in from a file and are taken back on a phone; cards go out as a file on a laptop."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Card
from stampwell.exports.models import Export
from stampwell.web.recent_sign_in import RECENT
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone
from tests.browser.hand import LAPTOP, PHONE, Hand
from tests.browser.tour import sign_in
from tests.exports.working import rows_of
from tests.jobs.conftest import queue as queue
from tests.jobs.waiting import work_on_what_waits
from tests.world import PASSWORD, Offer, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The third column has a heading that nobody can know, and one row no stamps that a card could have.
FILE = "Vārds;Zīmogi;Kas tas ir\nAnna Bērziņa;7;anna@x.example\nJānis;0;janis@x.example\nIlze;77;\n"


@pytest.fixture
def offer(queue: None, live_server: LiveServer, settings: Settings, tmp_path: Path) -> Offer:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    return open_lume().publish()


def test_a_file_is_tried_brought_in_its_links_taken_and_all_of_it_taken_back(
    offer: Offer, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(base_url=live_server.url, locale="lv", **PHONE)
    sign_in(phone, live_server, offer.shop)
    page, hand = phone.page, Hand(phone.page, "lv")
    page.clock.install()

    def wait_for_the_worker() -> None:
        """The page asks again every two seconds."""
        hand.see("Waiting for its turn")
        work_on_what_waits()
        page.clock.run_for(2500)
        expect(page.locator("main [hx-get]")).to_have_count(0)

    hand.begin()
    hand.go_to("Settings")
    hand.press("link", "Imports", page.locator("main"))
    hand.press("link", "New import")
    page.locator("input[type=file]").set_input_files(
        {"name": "klienti.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1257")}
    )
    hand.press("button", "Continue")
    expect(page.get_by_text("Anna Bērziņa, Jānis, Ilze")).to_be_visible()
    page.get_by_label("Kas tas ir").select_option("email")
    hand.press("button", "Check the file")
    wait_for_the_worker()
    hand.see("Rows that are left out")
    assert not Card.objects.exists(), "it was only tried"

    hand.press("button", "Import these cards")
    wait_for_the_worker()
    assert {(card.stamps, card.state) for card in Card.objects.all()} == {(7, "active"), (0, "active")}
    hand.press("link", "File with the links")
    hand.press_on(page.get_by_text(hand.words("CSV, for other spreadsheets"), exact=True))
    hand.press("button", "Make the file")
    wait_for_the_worker()
    whole_shop = page.get_by_role("link", name=hand.words("Take the whole shop with you"))
    assert box_of(whole_shop.locator(".grow")).is_right_of(box_of(whole_shop.locator(".initial")))
    with page.expect_download() as links:
        hand.press("link", "Download")
    link = rows_of(links.value.path().read_bytes())[0]["Kartes saite"]

    hand.go_to("Settings")
    hand.press("link", "Imports", page.locator("main"))
    hand.press_on(hand.named("link", "klienti.csv"))
    hand.press_on(page.locator("summary", has_text=hand.words("Undo the import")))
    hand.press("button", "Undo the import")
    wait_for_the_worker()
    assert {card.state for card in Card.objects.all()} == {"erased"}
    phone.watch.allow_refusals(410)
    page.goto(link)
    hand.see("This card was deleted")


def test_a_file_goes_out_only_to_who_says_once_more_who_they_are(
    offer: Offer, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    offer.card(name="=Cy+1", email="cy@lume.example")
    phone = new_phone(base_url=live_server.url, locale="en", **LAPTOP)
    sign_in(phone, live_server, offer.shop, seconds_ago=RECENT.total_seconds() + 60)
    page, hand = phone.page, Hand(phone.page, "en")
    page.clock.install()

    hand.begin()
    hand.go_to("Cards")
    hand.press("link", "Export")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it’s you")
    page.get_by_label("Password").fill("nobody would guess this")
    hand.press("button", "Continue")
    expect(page.locator("[role=alert], .error").first).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    hand.press("button", "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("New export")
    assert not Export.objects.exists()
    hand.press_on(page.get_by_text("CSV, for other spreadsheets", exact=True))
    hand.press("button", "Make the file")
    hand.see("Waiting for its turn")
    work_on_what_waits()
    page.clock.run_for(2500)
    with page.expect_download() as cards:
        hand.press("link", "Download")
    (row,) = rows_of(cards.value.path().read_bytes())
    assert (row["Customer"], row["Email"]) == ("'=Cy+1", "cy@lume.example"), "no spreadsheet takes it for a formula"

"""What becomes of customers, programs, locations and the team at the desk, each walked once as people walk it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.customers.models import Customer
from stampwell.customers.search_index import prepare_search_index
from stampwell.events.models import Event
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, StaffMember
from stampwell.programs.models import Program
from tests.browser.boxes import ROOM, box_of
from tests.browser.chromium import Phone
from tests.browser.hand import LAPTOP, PHONE, Hand
from tests.browser.tour import sign_in
from tests.mailbox import letters
from tests.world import PASSWORD, Offer, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVE = "eve@lume.example"
FIND = "Find a card by number, name, email or phone"


@pytest.fixture
def offer(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Offer:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    return open_lume().publish()


def test_two_customers_are_merged_and_separated_and_one_is_deleted(
    offer: Offer, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop = offer.shop
    prepare_search_index()
    anna, same = offer.card(name="Anna Berg", email="anna@x.example"), offer.card(name="A. Bergs")
    for card, count in ((anna, 3), (same, 4)):
        add_stamp(shop.merchant, card.id, Purchase(count=count), actor=shop.actor)
    phone = new_phone(base_url=live_server.url, locale="en", **LAPTOP)
    sign_in(phone, live_server, shop)
    page, hand = phone.page, Hand(phone.page, "en")

    hand.begin()
    hand.go_to("Cards")
    hand.type("searchbox", FIND, "anna")
    hand.enter()
    hand.press("link", "Customer’s profile")
    hand.press("link", "Merge with another customer")
    hand.type("searchbox", FIND, "bergs")
    hand.enter()
    hand.press_on(hand.named("link", "A. Bergs"))
    expect(page.get_by_text("Coffee card: 4 stamps are moved. The card then has 7 of 10.")).to_be_visible()
    assert (anna.row.stamps, same.row.state) == (3, "active"), "it was only looked at"
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Merged with another customer on")).to_be_visible()
    assert (anna.row.stamps, same.row.state) == (7, "void")

    hand.press("link", "Undo the merge")
    hand.press("button", "Undo the merge")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna Berg")
    expect(page.get_by_role("link", name="Undo the merge")).to_have_count(0)
    assert (anna.row.stamps, same.row.stamps, same.row.state) == (3, 4, "active")

    hand.press("link", "Delete the customer’s data")
    expect(page.get_by_text("1 card with its stamps")).to_be_visible()
    hand.press("button", "Delete for good")
    hand.see("The customer’s data has been deleted.")
    assert not Customer.objects.filter(name="Anna Berg").exists()
    assert Event.objects.filter(type="stamp.added").count() == 2, "the figures keep what was given"
    phone.watch.allow_refusals(410)
    page.goto(anna.url)
    hand.see("This card was deleted")


def test_a_program_rests_a_location_closes_and_a_manager_comes(
    offer: Offer, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    shop = offer.shop
    shop.scanner("Letes tālrunis")
    harbour = add_location(shop.merchant, LocationDraft(name="Osta", time_zone="Europe/Riga"), actor=shop.actor)
    phone = new_phone(base_url=live_server.url, locale="lv", **PHONE)
    sign_in(phone, live_server, shop)
    page, hand = phone.page, Hand(phone.page, "lv")

    hand.begin()
    for choice, is_paused in (("Pause new cards", True), ("Go on", False)):
        hand.go_to("Programs")
        hand.press("link", "Pause or end")
        hand.press_on(page.locator("form").get_by_text(hand.words(choice), exact=True))
        hand.press("button", "Save")
        expect(page.get_by_role("heading", level=1)).to_have_text("Coffee card")
        assert bool(Program.objects.get().joining_paused) is is_paused

    hand.go_to("Settings")
    hand.press_on(hand.named("link", "Osta"))
    hand.press("button", "Close this location")
    hand.see("The location is closed. Its history stays.")
    assert Location.objects.get(id=harbour.id).closed
    hand.press_on(hand.named("link", "Osta"))
    hand.press("button", "Open it again", context="a location")
    hand.see("The location is open again. Connect its devices anew.")
    assert Location.objects.get(id=harbour.id).closed is None

    hand.go_to("Team")
    ada = page.locator(".rows > li > a", has_text="ada")  # without a PIN, which stands below her name here
    assert box_of(ada.locator("> .icon")).right == pytest.approx(box_of(ada).right, abs=ROOM)
    hand.press("link", "Invite by email")
    hand.type("textbox", "Name", "Eve")
    hand.type("textbox", "Email", EVE)
    hand.press_on(page.get_by_text(hand.words("Manager"), exact=True))
    hand.press("button", "Send the invitation")
    hand.see("Waiting for an answer")
    (link,) = re.findall(r"https?://\S+/invitations/\S+", str(letters()[-1].body))

    theirs = new_phone(base_url=live_server.url, locale="lv", **PHONE)
    eve = Hand(theirs.page, "lv")
    theirs.page.goto(link)
    eve.see("You are invited as a manager.")
    theirs.page.get_by_label(eve.words("Password")).first.fill(PASSWORD)
    eve.press("button", "Make an account and join")
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("Café Lume")
    eve.press("button", "Menu", theirs.page.get_by_role("navigation", name=eve.words("Main menu")))
    eve.press("button", "Sign out")
    eve.press("link", "Sign in")
    eve.type("textbox", "Email", EVE)
    theirs.page.get_by_label(eve.words("Password")).first.fill(PASSWORD)
    eve.press("button", "Sign in")
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("Café Lume")
    assert StaffMember.objects.get(merchant=shop.merchant, user__email=EVE).role == "manager"

"""What customers do alone on their phones: their own data, and a card that was lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.issuing import issue_card
from stampwell.customers.consenting import consent_wording
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.models import Consent, Customer
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.changing import change_messages
from tests.browser.chromium import Phone
from tests.browser.hand import LAPTOP, PHONE, Hand
from tests.jobs.conftest import queue as queue
from tests.jobs.waiting import work_on_what_waits
from tests.mailbox import letters
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Offer, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def offer(queue: None, live_server: LiveServer, settings: Settings, tmp_path: Path) -> Offer:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    shop = open_lume()
    change_messages(shop.merchant, writes_to_customers=True, actor=shop.actor)
    return shop.publish(earning=AT_ONCE, asks_for=["name", "email"])


@pytest.fixture
def card(offer: Offer) -> HeldCard:
    """Of six stamps; the customer agreed to news."""
    shop = offer.shop
    issued = issue_card(
        shop.merchant,
        offer.terms,
        locale="lv",
        actor=CUSTOMER,
        details=ContactDetails(name="Cy", email="cy@lume.example"),
        consent=ConsentGiven(wording=consent_wording(shop.merchant.name), source="join page"),
    )
    card = HeldCard(shop, issued.card.id)
    give_stamps(card, 6)
    return card


def test_a_lost_card_comes_back_by_mail(
    card: HeldCard, offer: Offer, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(locale="en", **LAPTOP)
    page, hand = phone.page, Hand(phone.page, "en")
    page.goto(f"{live_server.url}{reverse('join', args=[card.shop.merchant.slug, offer.program.slug])}")
    hand.press("link", "I lost my card")
    hand.type("textbox", "Email", "cy@lume.example")
    hand.press("button", "Send me the link")
    hand.see("Check your email")
    work_on_what_waits()
    (link,) = re.findall(r"https?://\S+", str(letters()[-1].body))

    page.goto(link)
    expect(page.get_by_text("6 of 10 stamps")).to_be_visible()
    assert card.row.issue == 0, "whoever looks moves nothing"
    hand.press("button", "Get my card back")
    expect(page.locator(".count-in-words")).to_have_text("6 of 10 stamps")
    assert (card.row.issue, card.row.stamps) == (1, 6)
    phone.watch.allow_refusals(410)
    page.goto(card.url)
    hand.see("This card was moved to a new link.")


def test_a_customer_sees_corrects_takes_along_withdraws_and_deletes(
    card: HeldCard, live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(locale="lv", **PHONE)
    page, hand = phone.page, Hand(phone.page, "lv")
    page.goto(card.url)
    hand.press("link", "My data")
    expect(hand.find("textbox", "Email")).to_have_value("cy@lume.example")
    hand.type("textbox", "Name", "Cyril")
    hand.press("button", "Save")
    hand.see("Saved.")
    assert Customer.objects.get().name == "Cyril"

    with page.expect_download() as file:
        hand.press("link", "Download everything as JSON")
    assert "Cyril" in file.value.path().read_text()
    hand.press("button", "I want no more messages")
    hand.see("You get no more messages.")
    assert [consent.granted for consent in Consent.objects.order_by("id")] == [True, False]

    hand.press("link", "Delete my card and my data")
    hand.see("This can’t be undone.")
    phone.watch.allow_refusals(410)
    hand.press("button", "Yes, delete everything")
    hand.see("This card was deleted")
    assert not Customer.objects.filter(name="Cyril").exists()
    assert card.row.state == "erased"

"""What the demo hands out as links: each is opened in a browser and does the one thing that it is for."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code
from stampwell.cards.models import Card, Stamp
from stampwell.clock import now, stopped_at
from stampwell.events.actors import CUSTOMER
from stampwell.ids import wanted_id
from stampwell.management.demo import seed_demo
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone
from tests.browser.till import BarcodeScanner, last_line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = CAMERA_SECONDS * 1000
PAUSE = timedelta(hours=1)  # between two stamps on the demo's card


def test_kiosk_autopilot_and_the_code_of_a_receipt_each_give_a_stamp(
    phone: Phone, camera: Camera, live_server: LiveServer, settings: Settings
) -> None:
    settings.BASE_URL = live_server.url
    with stopped_at(now() - PAUSE):
        demo, _cafe = seed_demo(live_server.url)
    page, cards = phone.page, Card.objects.count()

    page.goto(demo["receipt_code_url"])
    page.get_by_role("button", name="Get the card and add the receipt").click()
    expect(page.get_by_text("Your receipt was added to this card.")).to_be_visible()
    assert (Card.objects.count(), Stamp.objects.latest("id").count) == (cards + 1, 2)

    page.goto(demo["kiosk_url"])
    page.get_by_role("button", name="Use this tablet as a kiosk").click()
    expect(page.locator("[data-kiosk].running")).to_be_visible(timeout=SLOW)
    camera.hold_up(demo["card"]["code"])
    expect(page.locator("[data-result]")).to_contain_text("Thank you! The stamp is on your card.", timeout=SLOW)

    page.goto(demo["autopilot_url"])
    page.get_by_role("button", name="Use this device as an autopilot").click()
    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    BarcodeScanner(page).read(new_card(demo["program_id"]))
    last_line(page, "1 of 10 stamps")


def new_card(program_id: str) -> str:
    """The code of one that nobody has stamped yet."""
    program = Program.objects.get(id=wanted_id("prg", program_id))
    merchant = Merchant.objects.get(id=program.merchant_id)
    issued = issue_card(merchant, terms_of(merchant.id, program.current_version_id), locale="en", actor=CUSTOMER)
    return card_code(issued.card.id, issued.card.issue)

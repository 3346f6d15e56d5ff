"""Somebody else goes on at the scanner: two taps and a PIN, and the page stays as it was."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Stamp
from stampwell.merchants.models import StaffMember
from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone
from tests.browser.stations import open_scanner, wait_until_ready
from tests.tiers import first_of
from tests.world import PIN, HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    shop.hire("Di")
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


def open_counter(phone: Phone, shop: Shop, at: str) -> Page:
    page = open_scanner(phone, shop, at)
    wait_until_ready(page, "scanner")  # its request would be of a shift that is over
    return page


def tap_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()


def choose_colleague(page: Page, name: str = "Di") -> None:
    page.locator("[data-opens=hand-over]").click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def test_two_taps_and_a_pin_and_what_is_open_stays(
    phone: Phone, shop: Shop, card: HeldCard, live_server: LiveServer, camera: Camera
) -> None:
    page = open_counter(phone, shop, live_server.url)
    # Nothing before the camera: a card that stays there is scanned again when the hand-over has taken four seconds.
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("[data-scanner].running")).to_be_visible(timeout=CAMERA_SECONDS * 1000)
    page.get_by_label("Number below the code").fill(card.row.short_number)
    page.get_by_role("button", name="Send the number").click()
    expect(page.locator("[data-result]")).to_contain_text("1 of 10 stamps", timeout=CAMERA_SECONDS * 1000)

    choose_colleague(page)
    tap_pin(page, PIN)

    expect(page.locator("[data-who]")).to_have_text("Di", timeout=CAMERA_SECONDS * 1000)  # beside a camera that runs
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("[data-scanner].running")).to_be_visible()
    page.get_by_role("button", name=re.compile("Undo [01]:")).click()
    expect(page.locator("[data-result]")).to_contain_text("1 stamp was undone")
    names = {member.id: member.name for member in StaffMember.objects.all()}
    members = Stamp.objects.order_by("count").values_list("staff_member_id", flat=True)
    assert [names[member] for member in members if member] == ["Di", "Bo"]  # what was taken back first


def test_a_wrong_pin_and_no_connection_are_explained_and_bo_goes_on(
    phone: Phone, shop: Shop, card: HeldCard, live_server: LiveServer
) -> None:
    page = open_counter(phone, shop, live_server.url)
    dialog = page.get_by_role("dialog")

    choose_colleague(page)
    tap_pin(page, "0000")
    expect(dialog).to_contain_text("Wrong PIN")
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    phone.context.set_offline(True)
    tap_pin(page, PIN)
    expect(dialog).to_contain_text("There is no connection.")
    phone.context.set_offline(False)
    dialog.get_by_role("button", name="Cancel").click()

    expect(page.locator("[data-who]")).to_have_text("Bo")


def test_a_scan_that_is_being_sent_counts_for_who_made_it_before_anybody_takes_over(
    phone: Phone, shop: Shop, card: HeldCard, live_server: LiveServer
) -> None:
    page, held = open_counter(phone, shop, live_server.url), list[Route]()
    page.route("**/stamps/*/undo", lambda route: held.append(route))
    page.get_by_label("Number below the code").fill(card.row.short_number)
    page.get_by_role("button", name="Send the number").click()
    page.get_by_role("button", name=re.compile("Undo [01]:")).click()
    expect(page.locator("[data-scanner].sending")).to_be_attached()

    choose_colleague(page)
    tap_pin(page, PIN)
    expect(page.get_by_role("dialog")).to_contain_text("is still being sent")
    held[0].continue_()
    expect(page.locator("[data-scanner].sending")).not_to_be_attached()
    tap_pin(page, PIN)

    expect(page.locator("[data-who]")).to_have_text("Di")
    bo = StaffMember.objects.get(name="Bo")
    assert set(Stamp.objects.values_list("staff_member_id", flat=True)) == {bo.id}


@pytest.mark.parametrize(
    ("locale", "width", "height"), first_of([("en", 390, 844), ("lv", 390, 844), ("kk", 320, 568)])
)
def test_the_hand_over_is_accessible(
    new_phone: Callable[..., Phone], shop: Shop, live_server: LiveServer, locale: str, width: int, height: int
) -> None:
    page = open_counter(new_phone(width=width, height=height, locale=locale), shop, live_server.url)

    page.locator("[data-opens=hand-over]").click()
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Di").click()
    assert_accessible(page)
    tap_pin(page, "0000")
    expect(page.locator("[data-hand-over-said]")).to_be_visible()
    assert_accessible(page)

"""A till learns from one code what becomes of the signs of its barcode scanner, and tells what is wrong with it."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.web.autopilot.scanner_signs import SIGNS
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.till import FRENCH, GERMAN, JAPANESE, US, Stroke, last_line, open_till, type_at_once
from tests.world import HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL_SIGNS = SIGNS * 2
SET_UP, LEARNED = "The barcode scanner is set up", "This device has learned how"
# A US scanner at a computer far away, whose AZERTY keyboard tells no place of a key.
FAR_AWAY = {
    **dict(zip("1234567890", "&é\"'(-è_çà", strict=True)),
    **dict(zip("aqzwm-./", "qawz,):!", strict=True)),
    **dict(zip("AQZWM:", "QAWZ?M", strict=True)),
}


def far_away(code: str) -> list[Stroke]:
    return [(FAR_AWAY.get(sign, sign), "", sign.isupper() or sign == ":") for sign in code]


def without_some(strokes: list[Stroke]) -> list[Stroke]:
    return [stroke for number, stroke in enumerate(strokes) if number % 9]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return open_lume()


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


@pytest.fixture
def till(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    return open_till(phone, shop, live_server)


def open_setup(page: Page) -> None:
    page.get_by_role("button", name="Set up the barcode scanner").click()


def test_one_code_teaches_the_till_another_keyboard_for_good(till: Phone, shop: Shop) -> None:
    page, offer = till.page, shop.publish()
    for strokes in (FRENCH.strokes, GERMAN.strokes, far_away):
        card = offer.card()
        type_at_once(page, strokes(card.url))
        last_line(page, "Unknown code")
        expect(page.get_by_text("in the characters of another keyboard")).to_be_visible()
        type_at_once(page, strokes(ALL_SIGNS))
        last_line(page, LEARNED)
        expect(page.get_by_text("in the characters of another keyboard")).to_be_hidden()
        type_at_once(page, strokes(card.url))
        last_line(page, "1 of 10 stamps")

    page.reload()
    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    for strokes in (FRENCH.strokes, GERMAN.strokes, far_away):
        type_at_once(page, strokes(offer.card().url))
        last_line(page, "1 of 10 stamps")


@pytest.mark.long
def test_what_was_learned_is_told_and_can_be_forgotten(till: Phone, card: HeldCard) -> None:
    page = till.page
    open_setup(page)
    expect(page.get_by_text("This device has learned")).to_be_hidden()
    type_at_once(till.page, FRENCH.strokes(ALL_SIGNS))
    expect(page.get_by_role("dialog")).to_contain_text(LEARNED)
    assert_accessible(page)
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("This device has learned the keyboard of a scanner.")).to_be_hidden()
    page.get_by_role("button", name="Close").click()

    type_at_once(till.page, FRENCH.strokes(card.url))
    last_line(page, "Unknown code")


@pytest.mark.long
def test_three_scanners_at_one_till_are_all_read(till: Phone, card: HeldCard) -> None:
    offer = card.shop.publish(name="Tea card")
    type_at_once(till.page, FRENCH.strokes(ALL_SIGNS))
    type_at_once(till.page, GERMAN.strokes(ALL_SIGNS))
    last_line(till.page, "The scanner that was set up before is still known.")
    type_at_once(till.page, JAPANESE.strokes(ALL_SIGNS))

    for strokes in (FRENCH.strokes, GERMAN.strokes, JAPANESE.strokes, US.strokes):
        type_at_once(till.page, strokes(offer.card().url))
        last_line(till.page, "1 of 10 stamps")
    type_at_once(till.page, US.strokes("4006381333931"))
    last_line(till.page, "This code is not one of this shop’s cards or vouchers.")


@pytest.mark.long
def test_a_scanner_that_is_right_teaches_nothing(till: Phone) -> None:
    open_setup(till.page)
    type_at_once(till.page, US.strokes(ALL_SIGNS))

    expect(till.page.get_by_role("dialog")).to_contain_text("Everything arrives as it should.")
    expect(till.page.get_by_text("This device has learned")).to_be_hidden()


@pytest.mark.long
def test_no_enter_and_caps_lock_are_told(till: Phone) -> None:
    swapped = [(key.swapcase(), place, shift) for key, place, shift in US.strokes(ALL_SIGNS)]
    type_at_once(till.page, swapped, end="")

    last_line(till.page, SET_UP)
    last_line(till.page, "Caps lock is on.")
    last_line(till.page, "The scanner sends no Enter after a code")


@pytest.mark.long
def test_signs_that_are_lost_are_told_and_nothing_is_learned(till: Phone) -> None:
    open_setup(till.page)
    type_at_once(till.page, without_some(FRENCH.strokes(ALL_SIGNS)))

    expect(till.page.get_by_role("dialog")).to_contain_text("Some characters did not arrive")
    expect(till.page.get_by_text("This device has learned")).to_be_hidden()


@pytest.mark.long
def test_signs_that_arrive_as_one_are_told_and_nothing_is_learned(till: Phone) -> None:
    all_ones = [
        ("1", "Digit1", False) if key.isdigit() else (key, place, shift) for key, place, shift in US.strokes(ALL_SIGNS)
    ]
    type_at_once(till.page, all_ones)

    last_line(till.page, "Different characters arrive as the same one")
    expect(till.page.get_by_text("This device has learned")).to_be_hidden()


@pytest.mark.long
def test_small_letters_that_arrive_as_capitals_do_no_harm(till: Phone, card: HeldCard) -> None:
    type_at_once(till.page, US.strokes(ALL_SIGNS.upper()))
    last_line(till.page, "Everything arrives as it should.")
    type_at_once(till.page, US.strokes(card.url.upper()))

    last_line(till.page, "1 of 10 stamps")


@pytest.mark.long
def test_what_a_scanner_puts_around_a_code_is_learned(till: Phone, card: HeldCard) -> None:
    type_at_once(till.page, US.strokes(f"#3{ALL_SIGNS}#"))
    last_line(till.page, LEARNED)
    type_at_once(till.page, US.strokes(f"#3{card.code}#"))

    last_line(till.page, "1 of 10 stamps")


@pytest.mark.long
def test_the_kind_of_barcode_before_a_code_is_left_out(till: Phone, card: HeldCard) -> None:
    type_at_once(till.page, US.strokes(f"]Q1{card.code}"))

    last_line(till.page, "1 of 10 stamps")


def test_the_code_for_setting_up_is_never_sent(till: Phone) -> None:
    sent: list[str] = []
    till.page.on("request", lambda request: sent.append(request.url) if "/scans" in request.url else None)
    type_at_once(till.page, US.strokes(ALL_SIGNS))
    last_line(till.page, SET_UP)
    type_at_once(till.page, without_some(US.strokes(ALL_SIGNS)))
    last_line(till.page, "Some characters did not arrive")

    assert sent == []


@pytest.mark.long
def test_another_code_counts_and_is_told_to_be_another(till: Phone, card: HeldCard) -> None:
    open_setup(till.page)
    type_at_once(till.page, US.strokes(card.code))

    expect(till.page.get_by_role("dialog")).to_contain_text("That was another code.")
    last_line(till.page, "1 of 10 stamps")


@pytest.mark.long
def test_the_code_on_the_screen_and_on_paper_has_all_signs_twice(till: Phone) -> None:
    page = till.page
    open_setup(page)
    picture = page.get_by_role("img", name="Code for setting up a barcode scanner")
    on_screen = Image.open(io.BytesIO(picture.screenshot()))
    page.emulate_media(media="print")
    on_paper = Image.open(io.BytesIO(page.screenshot()))

    assert [found.text for found in zxingcpp.read_barcodes(on_screen)] == [ALL_SIGNS]
    assert [found.text for found in zxingcpp.read_barcodes(on_paper)] == [ALL_SIGNS]
    expect(page.get_by_role("heading", name="Set up the barcode scanner")).to_be_visible()
    expect(page.get_by_text("Print the code")).to_be_hidden()

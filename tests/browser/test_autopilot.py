"""The barcode scanner of a till in a real browser: it types like a keyboard, only faster than anybody."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.merchants.enrolling import invite_station, revoke_station
from stampwell.merchants.models import Station
from stampwell.vouchers.links import voucher_code
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.stations import wait_until_kept
from tests.browser.till import SLOW, US, BarcodeScanner, last_line, open_till, type_at_once
from tests.world import HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CYRILLIC = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю", strict=True))
AZERTY = dict(zip("aqzw;m1234567890", "qawzm,&é\"'(-è_çà", strict=True))
# The keys come as quickly as ever, and the page sees all but the first when it is no longer busy.
BUSY_AFTER_THE_FIRST = """([first, ...others]) => {
    const begun = performance.now();
    press(first, 0);
    while (performance.now() < begun + 600);
    setTimeout(() => [...others, ["Enter", "Enter", false]].forEach((stroke, place) => press(stroke, place + 1)));
    function press([key, code, shiftKey], place) {
        const event = new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true });
        Object.defineProperty(event, "timeStamp", { value: begun + place });
        document.activeElement.dispatchEvent(event);
    }
}"""
QWERTZ = {"y": "z", "z": "y", ";": "ö", "-": "ß", "/": "-"}
JIS = {";": "+"}  # the colon has a key of its own
LAYOUTS: dict[str, dict[str, str]] = {"US": {}, "Cyrillic": CYRILLIC, "AZERTY": AZERTY, "QWERTZ": QWERTZ, "JIS": JIS}


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return open_lume()


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


@pytest.fixture
def till(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    return open_till(phone, shop, live_server)


@pytest.fixture
def scanner(till: Phone) -> BarcodeScanner:
    return BarcodeScanner(till.page)


def test_a_device_becomes_an_autopilot_by_one_tap(phone: Phone, shop: Shop, live_server: LiveServer) -> None:
    _, secret = invite_station(shop.merchant, shop.location, kind="autopilot", name="Till")
    phone.page.goto(f"{live_server.url}/autopilot/enrol/{shop.merchant.slug}/{secret}")
    phone.page.get_by_role("button", name="Use this device as an autopilot").click()

    expect(phone.page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()


def read_each(till: Phone, scanner: BarcodeScanner, shop: Shop, *ways: dict[str, Any]) -> None:
    """A card in each of these ways, which are five at most: as many stay in sight."""
    lines = till.page.locator("[data-lines] > li")
    for count, way in enumerate(ways, start=1):
        card = shop.publish().card()
        scanner.read(card.code, **way)
        expect(lines, f"{way}").to_have_count(count, timeout=SLOW)
        expect(lines.first, f"{way}").to_contain_text("1 of 10 stamps")
        assert card.row.stamps == 1, way


def test_a_card_is_read_at_every_pace_of_a_scanner(till: Phone, scanner: BarcodeScanner, shop: Shop) -> None:
    read_each(till, scanner, shop, *({"pace": milliseconds / 1000} for milliseconds in (1, 5, 20)))


def test_a_scan_ends_with_enter_with_tab_or_with_a_pause(till: Phone, scanner: BarcodeScanner, shop: Shop) -> None:
    read_each(till, scanner, shop, *({"end": end} for end in ("Enter", "Tab", "")))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("shown", ["code", "url"])
def test_a_code_and_a_link_survive_the_layout_of_the_computer(
    till: Phone, scanner: BarcodeScanner, card: HeldCard, layout: dict[str, str], shown: str
) -> None:
    scanner.read(getattr(card, shown), layout=layout)

    last_line(till.page, "1 of 10 stamps")


def test_a_code_survives_a_japanese_input_method(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    scanner.read(card.url, input_method=True)

    last_line(till.page, "1 of 10 stamps")


def test_a_link_survives_caps_lock(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    scanner.read(card.url, caps_lock=True)

    last_line(till.page, "1 of 10 stamps")


def test_a_person_who_types_is_no_scanner(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    scanner.read(card.code, pace=0.09)
    scanner.read(card.code)

    last_line(till.page, "1 of 10 stamps")
    expect(till.page.locator("[data-lines] > li")).to_have_count(1)


def test_letters_typed_by_hand_before_a_scan_are_no_part_of_it(
    till: Phone, scanner: BarcodeScanner, card: HeldCard
) -> None:
    scanner.read("soup", pace=0.12, end="")
    scanner.at -= 0.45
    scanner.read(card.code)

    last_line(till.page, "1 of 10 stamps")


def test_a_button_that_has_the_focus_is_not_pressed(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    link = till.page.locator("header summary")
    link.focus()
    scanner.read(card.code)

    last_line(till.page, "1 of 10 stamps")
    expect(till.page.locator("header details")).not_to_have_attribute("open", "")


def test_a_field_keeps_its_words(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    till.page.evaluate(
        "const field = document.createElement('input'); field.id = 'note'; field.value = 'two soups';"
        " document.querySelector('main').append(field); field.focus()"
    )
    scanner.read(card.code)

    last_line(till.page, "1 of 10 stamps")
    assert till.page.evaluate("document.querySelector('#note').value") == "two soups"


def test_two_cards_one_after_the_other_are_both_stamped(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    other = card.shop.publish(name="Tea card").card()
    scanner.read(card.code)
    scanner.read(other.code)

    expect(till.page.locator("[data-lines] > li")).to_have_count(2, timeout=SLOW)
    assert (card.row.stamps, other.row.stamps) == (1, 1)


def test_a_page_that_was_busy_loses_nothing(till: Phone, card: HeldCard) -> None:
    till.page.evaluate(BUSY_AFTER_THE_FIRST, US.strokes(card.code))

    last_line(till.page, "1 of 10 stamps")


def test_a_card_that_a_stand_reads_twice_counts_once(till: Phone, card: HeldCard) -> None:
    for _time in range(2):  # within the four seconds after which a card is another scan
        type_at_once(till.page, US.strokes(card.code))

    last_line(till.page, "1 of 10 stamps")
    expect(till.page.locator("[data-lines] > li")).to_have_count(1)


def test_the_last_five_stay_in_sight_and_the_newest_is_undone(
    till: Phone, scanner: BarcodeScanner, card: HeldCard
) -> None:
    page = till.page
    for number in range(6):
        scanner.read(f"C{'BCDEFG'[number] * 32}")
    last_line(page, "Unknown code")
    scanner.read(card.code)
    last_line(page, "1 of 10 stamps")
    expect(page.locator("[data-lines] > li")).to_have_count(5)
    assert_accessible(page)
    page.get_by_role("button", name="Undo").click()

    last_line(page, "1 stamp was undone")
    assert card.row.stamps == 0


def test_a_window_without_the_keyboard_says_so_in_red(till: Phone) -> None:
    page = till.page
    page.evaluate("document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))")
    expect(page.get_by_role("alert")).to_contain_text("Not listening")
    assert_accessible(page)
    page.evaluate("delete document.hasFocus; window.dispatchEvent(new Event('focus'))")

    expect(page.get_by_text("Not listening")).to_be_hidden()


def test_a_link_that_is_down_is_said_and_the_scan_is_sent_later(
    till: Phone, scanner: BarcodeScanner, card: HeldCard
) -> None:
    page = till.page
    till.watch.allow("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    read(page, scanner, card)
    assert card.row.stamps == 0
    page.context.set_offline(False)

    last_line(page, "The scan counts: 1 stamp was added.")
    expect(page.get_by_text("No connection")).to_be_hidden()
    assert card.row.stamps == 1


def test_one_that_was_switched_off_says_that_nothing_was_counted(
    till: Phone, scanner: BarcodeScanner, shop: Shop, card: HeldCard
) -> None:
    till.watch.allow_refusals(401, 403)
    revoke_station(shop.merchant, Station.objects.get().id, actor=shop.actor)
    scanner.read(card.code)

    last_line(till.page, "Nothing was counted, because this device is signed out.")
    till.page.reload()
    expect(till.page.get_by_role("heading", name="This device is not an autopilot")).to_be_visible()


def test_a_reward_is_told_and_staff_are_told_where_to_hand_it_out(
    till: Phone, scanner: BarcodeScanner, card: HeldCard
) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=5), actor=card.shop.actor)
    scanner.read(voucher_code(card.open_vouchers[0].id, 0))

    last_line(till.page, "It is not used yet.")


def test_the_small_window_has_all_of_it_and_gives_it_back(till: Phone, scanner: BarcodeScanner, card: HeldCard) -> None:
    page = till.page
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Keep it in a small window on top").click()
    small = opened.value
    expect(small.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    BarcodeScanner(small).read(card.code)
    last_line(small, "1 of 10 stamps")
    small.close()

    last_line(page, "1 of 10 stamps")


def read(page: Page, scanner: BarcodeScanner, card: HeldCard) -> None:
    scanner.read(card.code)
    last_line(page, "It will count when the connection is back.")


def test_without_a_network_cards_are_saved_in_their_order_whatever_becomes_of_the_page(
    till: Phone, shop: Shop, live_server: LiveServer
) -> None:
    page = till.page
    till.watch.allow("ERR_INTERNET_DISCONNECTED")
    cards = [shop.publish().card() for _number in range(3)]
    page.reload()
    wait_until_kept(page, "autopilot")
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("Go on scanning")
    scanner = BarcodeScanner(page)
    read(page, scanner, cards[0])
    expect(page.locator("[data-still-saved]")).to_contain_text("Saved scans: 1, since")
    assert_accessible(page)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Go on scanning")
    for one in cards[1:]:
        read(page, scanner, one)
    expect(page.locator("[data-still-saved]")).to_contain_text("Saved scans: 3, since")
    assert not Stamp.objects.exists()

    page.context.set_offline(False)
    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-kept-chips]")).to_contain_text("Counted: 3", timeout=SLOW)
    assert list(Stamp.objects.order_by("id").values_list("card_id", "source")) == [
        (one.id, "autopilot") for one in cards
    ]


def test_without_a_network_a_reward_and_a_product_are_not_saved(
    till: Phone, scanner: BarcodeScanner, card: HeldCard
) -> None:
    page = till.page
    till.watch.allow("ERR_INTERNET_DISCONNECTED")
    add_stamp(card.shop.merchant, card.id, Purchase(count=5), actor=card.shop.actor)
    page.context.set_offline(True)
    scanner.read(voucher_code(card.open_vouchers[0].id, 0))
    last_line(page, "Rewards need a connection")
    scanner.read("4006381333931")
    last_line(page, "This code is not one of this shop’s cards or vouchers.")

    expect(page.locator("[data-kept]")).to_be_hidden()

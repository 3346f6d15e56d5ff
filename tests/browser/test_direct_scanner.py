"""A barcode scanner that the page reads directly, by doubles of the browser's own interfaces."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.web.autopilot.scanner_signs import SIGNS
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone, wait_js
from tests.browser.plugged_in import COUNTED, FLAG_FIRST, NO_SCANNER, Maker, PluggedIn
from tests.browser.till import SLOW, US, last_line, open_till, type_at_once
from tests.world import HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVERYWHERE = "It is connected directly and works in every window."
UNPLUGGED = "The barcode scanner is unplugged"
NO_FOCUS = "document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))"


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return open_lume()


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


@pytest.fixture
def usb(phone: Phone, request: pytest.FixtureRequest) -> PluggedIn:
    return PluggedIn(phone.context, getattr(request, "param", COUNTED))


@pytest.fixture
def till(phone: Phone, usb: PluggedIn, shop: Shop, live_server: LiveServer) -> Phone:
    return open_till(phone, shop, live_server)


def made_by(*makers: Maker) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("usb", makers, indirect=True, ids=lambda maker: f"report {maker.report_id}")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def connect(page: Page, way: str) -> None:
    page.evaluate("way => usb.plug(way)", way)
    press(page, "Set up the barcode scanner")
    press(page, "Connect the scanner directly")
    if way == "serial":
        press(page, "Choose a serial port")
    expect(page.get_by_role("dialog")).to_contain_text("It now works in every window", timeout=SLOW)
    press(page, "Close")


def lose_focus(page: Page) -> None:
    page.evaluate(NO_FOCUS)
    expect(page.get_by_text("Not listening")).to_be_hidden()


def send(page: Page, text: str | bytes) -> None:
    page.evaluate("bytes => usb.send(bytes)", [*(text.encode() if isinstance(text, str) else text)])


@made_by(COUNTED, FLAG_FIRST)
def test_a_scanner_is_read_whatever_window_has_the_keyboard(till: Phone, usb: PluggedIn, card: HeldCard) -> None:
    page = till.page
    connect(page, "hid")
    lose_focus(page)
    expect(page.get_by_text(EVERYWHERE)).to_be_visible()
    usb.read(page, card.url)  # longer than a report

    last_line(page, "1 of 10 stamps")
    assert card.row.stamps == 1


@pytest.mark.long
def test_a_report_that_is_just_full_and_says_that_more_follows_is_a_whole_code(
    till: Phone, usb: PluggedIn, card: HeldCard
) -> None:
    page = till.page
    connect(page, "hid")
    padded = f"{card.code:<56}"
    (report,) = COUNTED.reports(padded)
    usb.report(page, [*report[:-1], 1])

    last_line(page, "1 of 10 stamps")


@pytest.mark.long
def test_the_next_time_it_is_open_without_a_click(till: Phone, usb: PluggedIn, card: HeldCard) -> None:
    page = till.page
    connect(page, "hid")
    page.reload()
    expect(page.get_by_text(EVERYWHERE)).to_be_visible()
    usb.read(page, card.code)

    last_line(page, "1 of 10 stamps")


@pytest.mark.parametrize("way", ["hid", "serial"])
@pytest.mark.long
def test_a_scanner_that_is_unplugged_is_missed_in_red_until_it_is_back(
    till: Phone, usb: PluggedIn, card: HeldCard, way: str
) -> None:
    page = till.page
    connect(page, way)
    page.evaluate("way => usb.unplug(way)", way)
    expect(page.get_by_role("alert")).to_contain_text(UNPLUGGED)
    assert_accessible(page)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(UNPLUGGED)
    type_at_once(page, US.strokes(card.code))
    last_line(page, "1 of 10 stamps")

    page.evaluate("way => usb.plug(way)", way)
    expect(page.get_by_text(UNPLUGGED)).to_be_hidden()
    expect(page.get_by_text(EVERYWHERE)).to_be_visible()


@pytest.mark.long
def test_one_that_is_disconnected_is_missed_no_longer(till: Phone, card: HeldCard) -> None:
    page = till.page
    connect(page, "hid")
    page.evaluate("usb.unplug('hid')")
    press(page, "Set up the barcode scanner")
    press(page, "Disconnect the scanner")
    press(page, "Close")
    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    page.reload()

    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    expect(page.get_by_text(EVERYWHERE)).to_be_hidden()


@pytest.mark.long
def test_disconnected_it_is_let_go(till: Phone) -> None:
    page = till.page
    for way in ("hid", "serial"):
        connect(page, way)
        press(page, "Set up the barcode scanner")
        press(page, "Disconnect the scanner")
        expect(page.get_by_role("button", name="Disconnect the scanner")).to_be_hidden()
        press(page, "Close")
        page.evaluate("way => usb.remember(way, false)", way)

    assert page.evaluate("navigator.hid.device.opened || navigator.serial.port.readable !== null") is False
    assert page.evaluate("Promise.all([navigator.hid.getDevices(), navigator.serial.getPorts()])") == [[], []]


def test_a_serial_scan_ends_as_the_scanner_ends_it(till: Phone, shop: Shop) -> None:
    page, offer = till.page, shop.publish()
    connect(page, "serial")
    for number, end in enumerate(["\r", "\n", "\r\n", "\t", ""]):
        send(page, offer.card().url + end)
        expect(page.locator("[data-lines] > li")).to_have_count(number + 1, timeout=SLOW)
        last_line(page, "1 of 10 stamps")


@pytest.mark.long
def test_serial_scans_come_in_pieces_and_several_in_one(till: Phone, card: HeldCard) -> None:
    page = till.page
    other = card.shop.publish(name="Tea card").card()
    connect(page, "serial")
    page.evaluate(
        "pieces => { for (const piece of pieces) usb.send(piece); }",
        [
            [*card.code[:10].encode()],
            [*f"{card.code[10:]}\r\n{other.code[:1]}".encode()],
            [*f"{other.code[1:]}\r".encode()],
        ],
    )

    expect(page.locator("[data-lines] > li")).to_have_count(2)
    last_line(page, "1 of 10 stamps")
    assert (card.row.stamps, other.row.stamps) == (1, 1)


@pytest.mark.long
def test_signs_that_nobody_sees_around_a_serial_scan_are_left_out(till: Phone, card: HeldCard) -> None:
    connect(till.page, "serial")
    send(till.page, f"\x02]Q1{card.code}\x03\r")

    last_line(till.page, "1 of 10 stamps")


@pytest.mark.long
def test_text_that_is_no_code_of_ours_harms_nothing(till: Phone, card: HeldCard) -> None:
    connect(till.page, "serial")
    send(till.page, "メニュー\r".encode("shift_jis"))
    last_line(till.page, "Unknown code")
    send(till.page, card.code + "\r")

    last_line(till.page, "1 of 10 stamps")


@pytest.mark.long
def test_a_broken_sign_on_the_line_ends_nothing(till: Phone, card: HeldCard) -> None:
    page = till.page
    connect(page, "serial")
    page.evaluate("usb.fail('FramingError')")
    expect(page.get_by_text(EVERYWHERE)).to_be_visible()
    wait_js(page, "navigator.serial.port.readable.locked")
    send(page, card.code + "\r")

    last_line(page, "1 of 10 stamps")


def test_a_scan_that_is_typed_and_read_counts_once(till: Phone, usb: PluggedIn, card: HeldCard) -> None:
    page = till.page
    connect(page, "hid")
    type_at_once(page, US.strokes(card.code))
    last_line(page, "1 of 10 stamps")
    usb.read(page, card.code)
    usb.read(page, "4006381333931")
    last_line(page, "This code is not one of this shop’s cards or vouchers.")

    expect(page.locator("[data-lines] > li")).to_have_count(2)


@pytest.mark.long
def test_of_two_windows_one_reads_it_and_the_other_when_that_is_closed(
    till: Phone, usb: PluggedIn, card: HeldCard
) -> None:
    page = till.page
    connect(page, "hid")
    other = page.context.new_page()
    other.goto(page.url)
    press(other, "Set up the barcode scanner")
    press(other, "Connect the scanner directly")
    expect(other.get_by_role("dialog")).to_contain_text("Another window of this page is open.")
    press(other, "Close")
    expect(other.get_by_text(EVERYWHERE)).to_be_hidden()
    page.close()

    expect(other.get_by_text(EVERYWHERE)).to_be_visible()
    usb.read(other, card.code)
    last_line(other, "1 of 10 stamps")


@pytest.mark.long
def test_whoever_chooses_none_is_offered_the_serial_ports(till: Phone) -> None:
    page = till.page
    press(page, "Set up the barcode scanner")
    expect(page.get_by_role("button", name="Choose a serial port")).to_be_hidden()
    press(page, "Connect the scanner directly")
    expect(page.get_by_role("dialog")).to_contain_text("No scanner was chosen.")
    press(page, "Choose a serial port")

    expect(page.get_by_role("dialog")).to_contain_text("No scanner was chosen.")
    expect(page.get_by_text(UNPLUGGED)).to_be_hidden()
    assert_accessible(page)


@made_by(NO_SCANNER)
@pytest.mark.long
def test_a_device_without_scans_is_told_to_be_none(till: Phone, usb: PluggedIn) -> None:
    page = till.page
    page.evaluate("usb.plug('hid')")
    press(page, "Set up the barcode scanner")
    press(page, "Connect the scanner directly")

    expect(page.get_by_role("dialog")).to_contain_text("What was chosen is no barcode scanner in the mode “HID POS”.")


@pytest.mark.long
def test_a_scanner_that_another_program_has_is_told(till: Phone) -> None:
    page = till.page
    page.evaluate("usb.plug('hid'); usb.remember('busy', true)")
    press(page, "Set up the barcode scanner")
    press(page, "Connect the scanner directly")

    expect(page.get_by_role("dialog")).to_contain_text("The scanner cannot be opened.")
    press(page, "Close")
    expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()


@pytest.mark.long
def test_the_code_for_setting_up_tells_that_everything_arrives(till: Phone, usb: PluggedIn) -> None:
    connect(till.page, "hid")
    usb.read(till.page, SIGNS * 2)

    last_line(till.page, "Everything arrives as it should.")


@pytest.mark.long
def test_what_is_put_around_a_code_is_learned_of_it_too(till: Phone, card: HeldCard) -> None:
    page = till.page
    connect(page, "serial")
    send(page, f"~~{SIGNS * 2}~\r")
    last_line(page, "This device has learned how")
    send(page, f"~~{card.code}~\r")

    last_line(page, "1 of 10 stamps")


@pytest.mark.long
def test_a_browser_that_offers_neither_says_nothing_of_it(
    phone: Phone, shop: Shop, live_server: LiveServer, card: HeldCard
) -> None:
    phone.context.add_init_script(
        "for (const name of ['hid', 'serial']) Object.defineProperty(navigator, name, { value: undefined })"
    )
    page = open_till(phone, shop, live_server).page
    press(page, "Set up the barcode scanner")

    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_text("Connect it directly")).to_be_hidden()

"""Staff's phone at the counter in a real browser: enrol, PIN, scan, hand over, undo, refuse, offline."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.merchants.enrolling import invite_station, revoke_station
from stampwell.merchants.models import Station
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.stations import open_scanner, wait_until_kept
from tests.world import PIN, HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = CAMERA_SECONDS * 1000


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


def enrol(phone: Phone, shop: Shop, at: str) -> None:
    _, secret = invite_station(shop.merchant, shop.location, kind="scanner", name="Counter phone")
    phone.page.goto(f"{at}/scanner/enrol/{shop.merchant.slug}/{secret}")
    phone.page.get_by_role("button", name="Use this phone as a scanner").click()


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Bo").click()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()


# However slow the machine is, no card is gone between two looks, for the clock that tells it stands.
COUNT_LOOKS = """() => {
  const post = Worker.prototype.postMessage;
  window.looks = 0;
  window.stands = performance.now();
  performance.now = () => window.stands;
  Worker.prototype.postMessage = function (...told) {
    window.looks += 1;
    return post.apply(this, told);
  };
}"""


@pytest.fixture
def scanner(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    """A phone on which Bo is ready to scan."""
    open_scanner(phone, shop, live_server.url)
    return phone


@contextmanager
def seconds_later(page: Page, seconds: int) -> Iterator[None]:
    """For the server and for a phone whose clock can be moved on."""
    with stopped_at(now() + timedelta(seconds=seconds)):
        page.clock.fast_forward(seconds * 1000)
        yield


def scan(page: Page) -> None:
    """Starts the camera; it opens its film anew, with what is held before it now."""
    page.get_by_role("button", name="Start scanning").click()


def result(page: Page, words: str) -> None:
    expect(page.locator("[data-result]")).to_contain_text(words, timeout=SLOW)


def type_number(page: Page, number: str) -> None:
    page.get_by_label("Number below the code").fill(number)
    page.get_by_role("button", name="Send the number").click()


def test_a_phone_is_enrolled_and_stamps_and_undoes(
    phone: Phone, camera: Camera, card: HeldCard, live_server: LiveServer
) -> None:
    page = phone.page
    enrol(phone, card.shop, live_server.url)
    sign_in(page)
    camera.show(card.code)

    scan(page)
    result(page, "1 of 10 stamps")
    assert card.row.stamps == 1
    expect(page.get_by_role("button", name="One more stamp")).to_be_disabled()
    page.get_by_role("button", name=re.compile("Undo [01]:")).click()
    result(page, "1 stamp was undone")

    assert card.row.stamps == 0


def test_a_voucher_is_handed_over_once_and_refused_with_when(scanner: Phone, camera: Camera, card: HeldCard) -> None:
    page = scanner.page
    add_stamp(card.shop.merchant, card.id, Purchase(count=5), actor=card.shop.actor)
    code = voucher_code(card.open_vouchers[0].id, 0)
    camera.show(code)

    scan(page)
    result(page, "A biscuit")
    assert not Redemption.objects.exists()
    page.get_by_role("button", name="Hand out").click()
    result(page, "Hand out now")
    page.get_by_role("button", name="Next").click()
    page.reload()
    scan(page)

    result(page, "Voucher already used")
    expect(page.locator("[data-result]")).to_contain_text("Café Lume")
    assert Redemption.objects.count() == 1


@pytest.fixture
def later(scanner: Phone) -> Phone:
    """The same, with a clock that can be moved on."""
    scanner.page.clock.install()
    scanner.page.reload()
    expect(scanner.page.get_by_role("button", name="Start scanning")).to_be_enabled()
    return scanner


def test_one_more_stamp_after_five_seconds_and_several_at_once(later: Phone, card: HeldCard) -> None:
    page = later.page
    type_number(page, card.row.short_number)
    result(page, "1 of 10 stamps")

    with seconds_later(page, 5):
        page.get_by_role("button", name="One more stamp").click()
        result(page, "2 of 10 stamps")
        page.get_by_text("Several").click()
        page.get_by_role("button", name="More", exact=True).click()
        with seconds_later(page, 5):
            page.get_by_role("button", name="Add to make 5 of 10").click()
            result(page, "5 of 10 stamps")

    assert card.row.stamps == 5


def test_with_large_text_a_result_is_read_from_its_beginning(later: Phone, card: HeldCard) -> None:
    page = later.page
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for tapped in page.locator("header .button").all():
        assert box_of(tapped).is_tappable(), tapped
    type_number(page, card.row.short_number)
    result(page, "1 of 10 stamps")
    with seconds_later(page, 5):
        page.get_by_role("button", name="One more stamp").click()

        result(page, "2 of 10 stamps")
    assert page.locator("[data-result]").evaluate("(panel) => panel.scrollTop") == 0


def test_an_empty_pin_looks_empty_and_signs_in_with_its_last_digit(
    phone: Phone, shop: Shop, live_server: LiveServer
) -> None:
    page = phone.page
    enrol(phone, shop, live_server.url)
    page.get_by_role("link", name="Bo").click()
    rings, filled = page.locator(".rings > i"), page.locator(".rings > i.filled")
    expect(rings).to_have_count(4)
    expect(filled).to_have_count(0)
    key = page.get_by_role("button", name="0", exact=True)
    before = box_of(key)

    for place, digit in enumerate("0000", start=1):
        page.get_by_role("button", name=digit, exact=True).click()
        if place < 4:
            expect(filled).to_have_count(place)

    phone.watch.allow("status of 403")
    expect(page.get_by_text("Wrong PIN")).to_be_visible()
    expect(filled).to_have_count(0)
    assert box_of(key).is_where(before)  # the refusal does not push the keys from under the thumb
    for digit in PIN[:-1]:
        page.get_by_role("button", name=digit, exact=True).click()
    sent: list[str] = []
    page.on(
        "request", lambda asked: sent.append(asked.url) if asked.method == "POST" and "/people/" in asked.url else None
    )
    # The last digit, and Enter behind it as from a keyboard.
    page.locator("#pin").evaluate(
        "(field, last) => { field.value += last;"
        " field.dispatchEvent(new Event('input')); field.form.requestSubmit(); }",
        PIN[-1],
    )
    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()
    assert len(sent) == 1, "each begins a shift, and the page may keep the one that is over"


def test_the_same_card_held_up_again_is_said_to_be_counted(scanner: Phone, camera: Camera, card: HeldCard) -> None:
    page = scanner.page
    camera.show(card.code)

    scan(page)
    result(page, "1 of 10 stamps")
    page.get_by_role("button", name="Next").click()

    expect(page.locator("[data-waiting]")).to_contain_text("Already counted", timeout=SLOW)
    assert card.row.stamps == 1


def test_a_card_that_stays_in_view_behind_a_dialog_is_not_scanned_again(
    scanner: Phone, camera: Camera, card: HeldCard
) -> None:
    page = scanner.page
    page.evaluate(COUNT_LOOKS)
    camera.show(card.code)
    scan(page)
    result(page, "1 of 10 stamps")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Hand over to a colleague").click()
    expect(page.get_by_role("dialog")).to_be_visible()

    looks = page.evaluate("window.stands += 60_000, window.looks")
    wait_js(page, f"window.looks > {looks + 2}")  # what was seen before the last one is taken in by now
    expect(page.locator("[data-waiting]")).to_be_empty()  # of what was said before the dialog
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("[data-waiting]")).to_contain_text("Already counted", timeout=SLOW)
    assert card.row.stamps == 1


def test_a_number_typed_while_another_is_sent_stays_and_is_told_to_wait(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    held: list[Route] = []
    page.route("**/scanner/scans", lambda route: held.append(route))
    type_number(page, card.row.short_number)
    expect(page.locator("[data-waiting]")).to_contain_text("Sending")

    type_number(page, "1234 5678")

    expect(page.locator("[data-waiting]")).to_contain_text("One moment")
    expect(page.get_by_label("Number below the code")).to_have_value("1234 5678")
    held[0].continue_()
    result(page, "1 of 10 stamps")


def test_an_amount_is_entered_with_the_thumb(scanner: Phone, shop: Shop) -> None:
    page = scanner.page
    card = shop.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()

    type_number(page, card.row.short_number)
    for key in ("1", "2", "3", "Delete the last digit", "Decimal sign", "5"):
        page.get_by_role("button", name=key, exact=True).click()
    page.get_by_role("button", name="Stamp", exact=True).click()

    result(page, "2 of 10 stamps")
    assert card.row.remainder == 250


def test_enter_stamps_no_amount(scanner: Phone, shop: Shop) -> None:
    """A scanner that hangs on a till types what it read and presses Enter."""
    page, sent = scanner.page, list[str]()
    card = shop.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()
    type_number(page, card.row.short_number)
    amount = page.get_by_label("Amount of the purchase")
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)

    amount.fill("75")
    amount.press("Enter")
    amount.fill("5")
    page.get_by_role("button", name="Stamp", exact=True).click()

    result(page, "1 of 10 stamps")
    assert len([fields for fields in sent if "amount=" in fields]) == 1


def test_a_mistyped_number_is_noticed(scanner: Phone, card: HeldCard) -> None:
    number = card.row.short_number

    type_number(scanner.page, number[:-1] + str((int(number[-1]) + 1) % 10))

    result(scanner.page, "There is a mistake in the number")
    assert card.row.stamps == 0


def test_without_a_camera_the_number_is_typed(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.reload()

    scan(page)
    expect(page.get_by_role("alert").filter(has_text="The camera is blocked.")).to_be_visible()
    type_number(page, card.row.short_number)

    result(page, "1 of 10 stamps")


def test_a_lost_answer_is_asked_for_again_and_stamps_once(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        answer = route.fetch()  # it reaches the server,
        if len(sent) == 1:
            route.abort()  # and nobody hears of it
        else:
            route.fulfill(response=answer)

    scanner.watch.allow("ERR_FAILED")
    page.route("**/scanner/scans", lose_the_first)
    type_number(page, card.row.short_number)

    result(page, "1 of 10 stamps")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert card.row.stamps == 1


def test_a_revoked_phone_is_told_what_to_do(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    scanner.watch.allow_refusals(401, 403)
    revoke_station(card.shop.merchant, Station.objects.get().id, actor=card.shop.actor)

    type_number(page, card.row.short_number)
    expect(page.get_by_text("Nothing was counted, because this device is signed out.")).to_be_visible()
    page.reload()

    expect(page.get_by_role("heading", name="This phone is not a scanner")).to_be_visible()
    assert card.row.stamps == 0


def test_without_a_connection_the_installed_scanner_opens(scanner: Phone) -> None:
    page = scanner.page
    scanner.watch.allow("ERR_INTERNET_DISCONNECTED")
    wait_until_kept(page, "scanner", "shift")

    scanner.context.set_offline(True)
    page.reload()

    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert page.evaluate("document.styleSheets.length") >= 4
    scanner.context.set_offline(False)
    expect(page.get_by_role("link", name="Show the code for new customers")).to_be_visible()


def test_the_service_worker_keeps_no_answer(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    wait_until_kept(page, "scanner")
    page.reload()
    type_number(page, card.row.short_number)
    result(page, "1 of 10 stamps")

    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"
    )

    assert {path for path in kept if not path.startswith("/static/")} == {"/scanner/offline"}
    assert {"/static/js/dialogs.js", "/static/js/texts.js", "/static/css/counter.css"} <= set(kept)  # imports too


def test_a_pin_needs_no_script(new_phone: Callable[..., Phone], shop: Shop, live_server: LiveServer) -> None:
    phone = new_phone(java_script_enabled=False)
    enrol(phone, shop, live_server.url)

    phone.page.get_by_role("link", name="Bo").click()
    phone.page.get_by_label("Your PIN").fill(PIN)
    phone.page.get_by_role("button", name="Sign in").click()

    expect(phone.page.get_by_role("heading", name="Scanner")).to_be_attached()


def assert_accessible_on_two_phones(page: Page) -> None:
    for width, height in ((390, 844), (320, 568)):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)


def test_every_page_of_the_scanner_is_accessible(phone: Phone, shop: Shop, live_server: LiveServer) -> None:
    phone.watch.allow("status of 40[34]")
    page, card = phone.page, shop.publish().card()
    _, secret = invite_station(shop.merchant, shop.location, kind="scanner", name="Counter phone")

    page.goto(f"{live_server.url}/scanner/")
    assert_accessible_on_two_phones(page)
    page.goto(f"{live_server.url}/scanner/enrol/{shop.merchant.slug}/{secret}")
    assert_accessible_on_two_phones(page)
    page.get_by_role("button", name="Use this phone as a scanner").click()
    assert_accessible_on_two_phones(page)
    page.get_by_role("link", name="Bo").click()
    assert_accessible_on_two_phones(page)
    page.get_by_label("Your PIN").fill("0000")
    expect(page.get_by_text("Wrong PIN")).to_be_visible()
    assert_accessible_on_two_phones(page)
    page.get_by_label("Your PIN").fill(PIN)
    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()
    assert_accessible_on_two_phones(page)
    for said in ("1 of 10 stamps", "Stamped a moment ago"):
        type_number(page, card.row.short_number)
        result(page, said)
        assert_accessible_on_two_phones(page)
        page.get_by_role("button", name="Next").click()
    full = shop.publish(name="Tea card").card()
    add_stamp(shop.merchant, full.id, Purchase(count=5), actor=shop.actor)
    type_number(page, voucher_code(full.open_vouchers[0].id, 0))
    result(page, "A biscuit")
    assert_accessible_on_two_phones(page)
    page.get_by_role("button", name="Hand out").click()
    result(page, "Hand out now")
    assert_accessible_on_two_phones(page)
    page.goto(f"{live_server.url}/scanner/join")
    assert_accessible_on_two_phones(page)
    page.goto(f"{live_server.url}/scanner/offline")
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    phone.context.set_offline(True)  # else the page gives way to the real one
    assert_accessible_on_two_phones(page)


def test_without_https_the_scanner_says_at_once_why_there_is_no_camera(
    phone: Phone, shop: Shop, live_server: LiveServer
) -> None:
    phone.page.add_init_script('Object.defineProperty(window, "isSecureContext", { get: () => false })')
    enrol(phone, shop, live_server.url)
    phone.page.get_by_role("link", name="Bo").click()
    for digit in PIN:
        phone.page.get_by_role("button", name=digit, exact=True).click()

    trouble = phone.page.get_by_role("alert").filter(has_text="begins with https")
    expect(trouble).to_contain_text("Type the number below the code, and tell the owner.")
    expect(phone.page.get_by_role("button", name="Start scanning")).to_be_hidden()
    expect(phone.page.get_by_text("Point the camera at the customer’s code.")).to_be_hidden()
    expect(phone.page.get_by_label("Number below the code")).to_be_enabled()

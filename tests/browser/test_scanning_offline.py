"""Scans without a network, against the real server: what was scanned counts once, in its order, whatever happens."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from playwright.sync_api import Error as PageGone
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Stamp
from stampwell.cards.numbers import is_short_number
from stampwell.merchants.enrolling import invite_station, revoke_station
from stampwell.merchants.models import Station
from stampwell.offline import judging
from stampwell.offline.models import KeptScan
from tests.browser import chromium
from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.stations import open_scanner, wait_until_kept
from tests.world import PIN, HeldCard, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = CAMERA_SECONDS * 1000
MANY = 30
JUDGED = "document.querySelectorAll('.rings > .filled').length === 0 || document.querySelector('form.pin').hidden"
ONE_BATCH = 200  # as many as the page sends at once
KEEP_BY_NOBODY = """([count, code]) => new Promise((done) => {
  const request = indexedDB.open("stampwell-scanner");
  request.onsuccess = () => {
    const transaction = request.result.transaction(["scans", "device"], "readwrite");
    for (let sequence = 1; sequence <= count; sequence += 1) {
      transaction.objectStore("scans").put({ key: crypto.randomUUID(), code, at: Date.now(), shift: "", sequence });
    }
    transaction.objectStore("device").put({ name: "sequence", value: count });
    transaction.oncomplete = () => { request.result.close(); done(); };
  };
})"""
STORED = """async () => {
  const { SCANS, asked, inStores } = await import("/static/js/stations/storage.js");
  return inStores([SCANS], "readonly", (scans) => asked(scans.count()));
}"""
LATER = "later => { const now = Date.now; Date.now = () => now() + later; }"
END_SHIFT = """() => new Promise((done) => {
  const request = indexedDB.open("stampwell-scanner");
  request.onsuccess = () => {
    const transaction = request.result.transaction("device", "readwrite");
    const device = transaction.objectStore("device");
    device.get("shift").onsuccess = ({ target }) => {
      device.put({ name: "shift", value: { ...target.result.value, ends: Date.now() } });
    };
    transaction.oncomplete = () => { request.result.close(); done(); };
  };
})"""


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    return shop.publish().card()


@pytest.fixture
def scanner(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    """A phone on which Bo is ready to scan, also without a network."""
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    open_scanner(phone, shop, live_server.url)
    wait_until_kept(phone.page, "scanner", "shift")
    return phone


@pytest.fixture
def signed_in(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    """The same, with a PIN that was typed on it, which it knows again."""
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    enrol(phone.page, shop, live_server.url)
    return phone


def enrol(page: Page, shop: Shop, at: str) -> None:
    _, secret = invite_station(shop.merchant, shop.location, kind="scanner", name="Counter phone")
    page.goto(f"{at}/scanner/enrol/{shop.merchant.slug}/{secret}")
    page.get_by_role("button", name="Use this phone as a scanner").click()
    page.get_by_role("link", name="Bo").click()
    tap_pin(page, PIN)
    expect_ready(page)
    wait_until_kept(page, "scanner", "shift")


def tap_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()


def expect_ready(page: Page) -> None:
    expect(page.get_by_role("button", name="Start scanning")).to_be_visible(timeout=SLOW)


def type_number(page: Page, number: str) -> None:
    page.get_by_label("Number below the code").fill(number)
    page.get_by_role("button", name="Send the number").click()


def result(page: Page, words: str) -> None:
    expect(page.locator("[data-result]")).to_contain_text(words, timeout=SLOW)


def save(page: Page, card: HeldCard) -> None:
    type_number(page, card.row.short_number)
    result(page, "It will count when the connection is back.")
    page.get_by_role("button", name="Next").click()


def strip(page: Page, words: str) -> None:
    expect(page.locator("[data-kept-chips]")).to_contain_text(words, timeout=SLOW)


def lose(route: Route) -> None:
    """It reaches the server, and nobody hears of it."""
    route.fetch()
    route.abort()


def stamped() -> list[object]:
    """The cards in the order in which their stamps happened."""
    return list(Stamp.objects.order_by("at", "id").values_list("card_id", flat=True))


@contextmanager
def real_profile(browser: Browser, folder: Path, camera_file: Path) -> Iterator[BrowserContext]:
    """A browser that keeps what it has in a folder, as a phone does, and is killed at the end."""
    context = browser.browser_type.launch_persistent_context(
        str(folder),
        executable_path=chromium.executable(),
        args=[*chromium.FLAGS, f"--use-file-for-fake-video-capture={camera_file}"],
        viewport={"width": 390, "height": 844},
        locale="en",
        permissions=["camera", "screen-wake-lock"],
    )
    try:
        yield context
    finally:
        kill_browser(folder)
        with suppress(PageGone):
            context.close()


def kill_browser(folder: Path) -> None:
    """Without a word, as when the battery is empty: the browser is the one with this folder."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and f"--user-data-dir={folder}" in command_of(process):
            os.kill(int(process.name), signal.SIGKILL)


def command_of(process: Path) -> str:
    try:
        return (process / "cmdline").read_text().replace("\0", " ")
    except OSError:  # it has just ended
        return ""


@pytest.mark.long
def test_thirty_scans_outlive_a_killed_browser_and_count_in_their_order(
    browser: Browser, camera: Camera, shop: Shop, live_server: LiveServer, tmp_path: Path
) -> None:
    offer = shop.publish()
    cards = [offer.card() for _ in range(MANY)]
    with real_profile(browser, tmp_path, camera.film) as context:
        enrol(context.new_page(), shop, live_server.url)
        context.close()  # a browser writes its cookies down every half a minute, or when it is closed
    with real_profile(browser, tmp_path, camera.film) as context:
        page = context.new_page()
        context.set_offline(True)
        page.goto(f"{live_server.url}/scanner/")
        expect_ready(page)
        page.get_by_role("button", name="Start scanning").click()
        for count, card in enumerate(cards, start=1):
            camera.hold_up(card.code)
            strip(page, f"Saved scans: {count}, since ")

    assert not Stamp.objects.exists()
    with real_profile(browser, tmp_path, camera.film) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/scanner/")
        strip(page, f"Counted: {MANY}")

        assert stamped() == [card.id for card in cards]
        assert set(Stamp.objects.values_list("count", flat=True)) == {1}


def test_reloaded_without_a_network_the_scanner_scans_and_the_scan_counts_later(
    scanner: Phone, camera: Camera, card: HeldCard
) -> None:
    page = scanner.page
    scanner.context.set_offline(True)
    page.reload()
    expect_ready(page)
    expect(page.locator("header")).to_contain_text("Bo")
    camera.show(card.code)

    page.get_by_role("button", name="Start scanning").click()
    result(page, "It will count when the connection is back.")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("[data-waiting]")).to_contain_text("Already saved", timeout=SLOW)
    scanner.context.set_offline(False)

    strip(page, "Counted: 1")
    assert card.row.stamps == 1
    page.get_by_role("button", name="The connection is back.").click()
    expect(page.get_by_role("link", name="Show the code for new customers")).to_be_visible()


def test_two_tabs_send_each_saved_scan_once(scanner: Phone, shop: Shop, live_server: LiveServer) -> None:
    cards = [shop.publish().card() for _ in range(2)]
    other = scanner.context.new_page()
    other.goto(f"{live_server.url}/scanner/")
    scanner.context.set_offline(True)
    for page, card in zip((scanner.page, other), cards, strict=True):
        save(page, card)
    strip(scanner.page, "Saved scans: 2")

    scanner.context.set_offline(False)

    strip(scanner.page, "Counted: 2")
    strip(other, "Counted: 2")
    assert [card.row.stamps for card in cards] == [1, 1]
    assert KeptScan.objects.values("received_at").distinct().count() == 1, "they came in one call"


@pytest.mark.long
def test_scans_that_the_server_holds_back_do_not_hold_up_those_behind_them(
    scanner: Phone, shop: Shop, card: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_SIGNED_WAITING", 0)
    scanner.context.set_offline(True)
    scanner.page.evaluate(KEEP_BY_NOBODY, [ONE_BATCH, shop.publish().card().row.short_number])
    save(scanner.page, card)
    scanner.context.set_offline(False)

    strip(scanner.page, "Counted: 1")
    strip(scanner.page, f"Saved scans: {ONE_BATCH}, since")
    assert stamped() == [card.row.id]
    assert not KeptScan.objects.filter(state="waiting").exists()


def test_a_lost_answer_to_saved_scans_is_asked_for_again_and_counts_once(scanner: Phone, card: HeldCard) -> None:
    page, sent = scanner.page, list[str]()

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        answer = route.fetch()  # it reaches the server,
        if len(sent) == 1:
            route.abort()  # and nobody hears of it
        else:
            route.fulfill(response=answer)

    scanner.watch.allow("ERR_FAILED")
    scanner.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/batch")):
        save(page, card)  # one that is on its way before the route is there would go past it
    page.route("**/scanner/scans/batch", lose_the_first)

    scanner.context.set_offline(False)

    strip(page, "Counted: 1")
    assert len(sent) == 2
    assert card.row.stamps == 1


@pytest.mark.long
def test_a_lost_answer_to_one_scan_counts_once_when_it_is_sent_with_others(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    scanner.watch.allow("ERR_FAILED")

    page.route("**/scanner/scans", lose)
    type_number(page, card.row.short_number)

    strip(page, "Counted: 1")
    assert card.row.stamps == 1


@contextmanager
def half_an_answer() -> Iterator[str]:
    """The address of a server whose answers begin well and are cut off."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.recv(65_536)
                        caller.sendall(
                            b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"out'
                        )

        Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.long
def test_an_answer_that_is_cut_off_is_asked_for_again(scanner: Phone, card: HeldCard) -> None:
    page, sent = scanner.page, list[str]()
    scanner.watch.allow("ERR_CONTENT_LENGTH_MISMATCH|ERR_CONNECTION")
    with half_an_answer() as elsewhere:

        def cut_the_first(route: Route) -> None:
            sent.append(route.request.url)
            if len(sent) == 1:
                route.fetch()  # it counts,
                route.continue_(url=elsewhere)  # and half of the answer comes back
            else:
                route.continue_()

        page.route("**/scanner/scans", cut_the_first)
        type_number(page, card.row.short_number)
        result(page, "1 of 10 stamps")

    assert len(sent) == 2
    assert card.row.stamps == 1


@pytest.mark.long
def test_a_new_version_is_taken_over_with_the_scans_that_wait(
    scanner: Phone, card: HeldCard, live_server: LiveServer
) -> None:
    """Another language is another shell: a new worker takes over from the one before."""
    page = scanner.page
    page.route("**/scanner/scans*/**", lambda route: route.abort())
    page.route("**/scanner/scans", lambda route: route.abort())
    scanner.watch.allow("ERR_FAILED")
    save(page, card)
    scanner.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "lv", "url": live_server.url}])
    opened: list[Page] = []
    page.on("load", lambda loaded: opened.append(loaded))
    page.reload()
    while len(opened) < 2:  # it opens itself anew for the new worker
        page.wait_for_event("load")
    wait_js(page, "navigator.serviceWorker.controller?.scriptURL.endsWith('language=lv')")

    scanner.context.set_offline(True)
    page.reload()
    strip(page, "Saglabātie skenējumi: 1, kopš")
    page.unroute_all()
    scanner.context.set_offline(False)

    strip(page, "Ieskaitīti: 1")
    assert card.row.stamps == 1


def test_scans_of_a_phone_that_was_switched_off_meanwhile_wait_for_the_owner(
    scanner: Phone, shop: Shop, card: HeldCard
) -> None:
    page = scanner.page
    scanner.watch.allow_refusals(401, 403)
    scanner.context.set_offline(True)
    save(page, card)
    revoke_station(shop.merchant, Station.objects.get().id, actor=shop.actor)

    scanner.context.set_offline(False)

    strip(page, "Waiting for a decision: 1")
    page.locator("[data-kept] > button").click()
    expect(page.get_by_role("dialog")).to_contain_text(card.row.short_number[:4])
    assert card.row.stamps == 0
    assert KeptScan.objects.get().state == "waiting"


def test_somebody_signs_in_without_a_network_and_a_slip_of_the_finger_is_noticed(
    signed_in: Phone, card: HeldCard
) -> None:
    page = signed_in.page
    page.get_by_role("button", name="Lock the scanner").click()
    expect(page.get_by_role("link", name="Bo")).to_be_visible()
    signed_in.context.set_offline(True)
    page.reload()

    page.get_by_role("button", name="Bo").click()
    tap_wrong_pin(page)
    tap_pin(page, PIN)
    expect_ready(page)
    save(page, card)
    signed_in.context.set_offline(False)

    # Nobody is signed in with a connection, so the page asks for the PIN again.
    expect(page.get_by_role("link", name="Bo")).to_be_visible(timeout=SLOW)
    strip(page, "Counted: 1")
    assert card.row.stamps == 1
    assert KeptScan.objects.get().staff_member_id is not None


def tap_wrong_pin(page: Page) -> None:
    """The device knows five bits of a PIN: one wrong PIN of 32 passes for now, three in a row do not."""
    said = page.get_by_text("This is not the PIN with which you signed in here last.")
    for wrong in ("0000", "1111", "2222"):
        tap_pin(page, wrong)
        wait_js(page, JUDGED)
        if said.is_visible():
            return
        page.get_by_role("button", name="Lock the scanner").click()
        page.get_by_role("button", name="Bo").click()
    raise AssertionError("no wrong PIN was noticed")


@pytest.mark.long
def test_five_wrong_pins_close_the_phone_for_that_person(signed_in: Phone) -> None:
    page = signed_in.page
    page.get_by_role("button", name="Lock the scanner").click()
    expect(page.get_by_role("link", name="Bo")).to_be_visible()
    signed_in.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Bo").click()

    closed = page.get_by_text("A wrong PIN was entered too many times.")
    for number in range(40):
        tap_pin(page, f"{number:02}99")
        wait_js(page, JUDGED)
        if closed.is_visible():
            break
        if page.locator("form.pin").is_hidden():  # it passed for now
            page.get_by_role("button", name="Lock the scanner").click()
            page.get_by_role("button", name="Bo").click()
    tap_pin(page, PIN)

    expect(closed).to_be_visible()
    expect(page.get_by_role("button", name="Start scanning")).to_be_hidden()


@pytest.mark.long
def test_a_wrong_pin_of_somebody_whom_the_phone_does_not_know_waits_for_the_owner(
    phone: Phone, shop: Shop, card: HeldCard, live_server: LiveServer
) -> None:
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    shop.hire("Eva")
    enrol(phone.page, shop, live_server.url)
    page = phone.page
    page.get_by_role("button", name="Lock the scanner").click()
    expect(page.get_by_role("link", name="Eva")).to_be_visible()
    phone.context.set_offline(True)
    page.reload()

    page.get_by_role("button", name="Eva").click()
    tap_pin(page, "0000")
    expect_ready(page)
    save(page, card)
    phone.context.set_offline(False)

    strip(page, "Waiting for a decision: 1")
    assert card.row.stamps == 0


@pytest.mark.long
def test_after_the_shift_is_over_the_phone_asks_who_works_before_it_saves_more(scanner: Phone, card: HeldCard) -> None:
    page = scanner.page
    scanner.context.set_offline(True)
    save(page, card)
    page.evaluate(END_SHIFT)

    type_number(page, card.row.short_number)

    expect(page.get_by_role("button", name="Bo")).to_be_visible()
    strip(page, "Saved scans: 1")


@pytest.mark.long
def test_a_phone_whose_clock_is_days_ahead_keeps_its_shift(scanner: Phone, card: HeldCard) -> None:
    scanner.context.add_init_script("const right = Date.now; Date.now = () => right() + 3 * 86400000;")
    scanner.page.reload()
    scanner.context.set_offline(True)

    save(scanner.page, card)

    strip(scanner.page, "Saved scans: 1")


@pytest.mark.long
def test_a_clock_that_is_set_back_prolongs_no_shift(scanner: Phone, shop: Shop, card: HeldCard) -> None:
    page, other = scanner.page, shop.publish().card()
    scanner.context.set_offline(True)
    save(page, card)
    page.evaluate("const right = Date.now; window.setBack = (hours) => (Date.now = () => right() - hours * 3600000)")

    page.evaluate("setBack(13)")
    save(page, other)
    page.evaluate("setBack(0.9)")  # twelve hours and some minutes later
    type_number(page, other.row.short_number)

    expect(page.get_by_role("button", name="Bo")).to_be_visible()
    strip(page, "Saved scans: 2")


@pytest.mark.long
def test_who_locked_the_phone_without_a_network_is_not_signed_in_when_it_is_back(scanner: Phone) -> None:
    page = scanner.page
    scanner.context.set_offline(True)

    page.get_by_role("button", name="Lock the scanner").click()
    expect(page.get_by_role("button", name="Bo")).to_be_visible()
    scanner.context.set_offline(False)

    expect(page.get_by_role("link", name="Bo")).to_be_visible(timeout=SLOW)
    page.reload()
    expect(page.get_by_role("heading", name="Who is working?")).to_be_visible()


@pytest.mark.long
def test_a_phone_on_which_nobody_ever_signed_in_says_what_it_needs(
    phone: Phone, shop: Shop, live_server: LiveServer
) -> None:
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    _, secret = invite_station(shop.merchant, shop.location, kind="scanner", name="Counter phone")
    page = phone.page
    page.goto(f"{live_server.url}/scanner/enrol/{shop.merchant.slug}/{secret}")
    page.get_by_role("button", name="Use this phone as a scanner").click()
    expect(page.get_by_role("link", name="Bo")).to_be_visible()
    wait_js(page, "navigator.serviceWorker.controller !== null", seconds=60)

    phone.context.set_offline(True)
    page.reload()

    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    phone.context.set_offline(False)
    expect(page.get_by_role("link", name="Bo")).to_be_visible(timeout=SLOW)


def test_a_saved_scan_is_taken_back_and_does_not_count(scanner: Phone, shop: Shop, card: HeldCard) -> None:
    page, right = scanner.page, shop.publish().card()
    page.context.set_offline(True)
    save(page, card)
    save(page, right)
    page.locator("[data-kept] > button").click()
    lines = page.locator("[data-kept-list] > li")
    lines.first.get_by_role("button", name="Take back").click()
    expect(lines.first).to_contain_text("Taken back: it will not count.")
    assert_accessible(page)
    page.get_by_role("button", name="Close").click()
    page.context.set_offline(False)

    strip(page, "Counted: 1")
    strip(page, "Not counted: 1")
    assert stamped() == [right.id]
    assert KeptScan.objects.get(card_id=card.id).reason == "taken_back"


@pytest.mark.long
def test_neither_a_mistyped_number_nor_the_same_card_within_the_pause_is_just_saved(
    card: HeldCard, scanner: Phone
) -> None:
    page, number = scanner.page, card.row.short_number
    numbers = [f"{place * 7_654_321 % 100_000_000:08}" for place in range(60)] + [number, number[:-1], f"{number}0"]
    scanner.context.set_offline(True)
    asked = "async numbers => numbers.map((await import('/static/js/scanner/before-saving.js')).isMistyped)"
    assert page.evaluate(asked, numbers) == [not is_short_number(one) for one in numbers]

    type_number(page, f"{number[:4]} {number[4:-1]}{(int(number[-1]) + 1) % 10}")
    result(page, "There is a mistake in the number")
    page.get_by_role("button", name="Next").click()
    save(page, card)
    type_number(page, f"{number[:4]} {number[4:]}")
    result(page, "Already saved at ")
    assert page.evaluate(STORED) == 1  # nobody who comes to this page later saves what nobody has said yes to
    assert_accessible(page)
    page.get_by_role("button", name="Next").click()
    strip(page, "Saved scans: 1,")

    type_number(page, number)
    page.get_by_role("button", name="Save it too").click()
    result(page, "It will count when the connection is back.")
    strip(page, "Saved scans: 2,")
    scanner.context.set_offline(False)

    strip(page, "Waiting for a decision: 1")
    assert stamped() == [card.id]


def test_an_amount_is_asked_for_before_a_scan_is_saved(scanner: Phone, shop: Shop) -> None:
    page = scanner.page
    card = shop.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()
    page.reload()
    expect_ready(page)
    page.context.set_offline(True)
    type_number(page, card.row.short_number)
    page.get_by_label("Amount of the purchase in EUR").fill("12.50")
    expect(page.get_by_role("button", name="This card needs no amount")).to_be_hidden()
    page.get_by_role("button", name="Stamp", exact=True).click()
    result(page, "It will count when the connection is back.")
    page.context.set_offline(False)

    strip(page, "Counted: 1")
    assert (card.row.stamps, card.row.remainder) == (2, 250)


@pytest.mark.long
def test_a_scan_is_not_sent_while_its_amount_is_asked_for(scanner: Phone, shop: Shop, card: HeldCard) -> None:
    page = scanner.page
    by_amount = shop.publish(name="By amount", earning={"by": "amount", "amount_per_stamp": 500}).card()
    page.reload()
    expect_ready(page)
    page.context.set_offline(True)
    type_number(page, card.row.short_number)
    page.get_by_role("button", name="This card needs no amount").click()
    page.get_by_role("button", name="Next").click()
    type_number(page, by_amount.row.short_number)
    page.get_by_label("Amount of the purchase in EUR").fill("12.50")
    page.evaluate(LATER, 60_000)
    page.context.set_offline(False)
    strip(page, "Counted: 1")  # what was saved before is sent meanwhile
    page.get_by_role("button", name="Stamp", exact=True).click()

    strip(page, "Counted: 2")
    assert by_amount.row.stamps == 2


@pytest.mark.long
def test_an_amount_that_comes_after_its_scan_was_sent_makes_no_second_scan(scanner: Phone, shop: Shop) -> None:
    page = scanner.page
    card = shop.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()
    page.reload()
    expect_ready(page)
    page.context.set_offline(True)
    type_number(page, card.row.short_number)
    page.get_by_label("Amount of the purchase in EUR").fill("12.50")
    page.evaluate(LATER, 600_000)
    page.context.set_offline(False)
    strip(page, "Waiting for a decision: 1")
    page.get_by_role("button", name="Stamp", exact=True).click()
    page.get_by_role("button", name="Next").click()
    page.reload()

    expect(page.locator("[data-kept-list] > li")).to_have_count(1)
    strip(page, "Waiting for a decision: 1")


@pytest.mark.long
def test_a_cancelled_scan_that_was_sent_before_says_what_came_of_it(scanner: Phone, shop: Shop, card: HeldCard) -> None:
    page = scanner.page
    shop.publish(name="By amount", earning={"by": "amount", "amount_per_stamp": 500})
    page.reload()
    expect_ready(page)
    scanner.watch.allow("ERR_FAILED")
    page.route("**/scanner/scans", lose)
    type_number(page, card.row.short_number)
    page.get_by_role("button", name="Cancel").click(timeout=SLOW)

    strip(page, "Counted: 1")
    expect(page.locator("[data-kept-list] > li")).to_contain_text("It had been sent already, so it counts.")
    assert card.row.stamps == 1


@pytest.mark.long
def test_a_card_that_needs_no_amount_is_saved_without_one(scanner: Phone, shop: Shop, card: HeldCard) -> None:
    page = scanner.page
    shop.publish(name="By amount", earning={"by": "amount", "amount_per_stamp": 500})
    page.reload()
    expect_ready(page)
    page.context.set_offline(True)
    type_number(page, card.row.short_number)
    page.get_by_role("button", name="This card needs no amount").click()
    result(page, "It will count when the connection is back.")
    page.get_by_role("button", name="Next").click()
    type_number(page, card.row.short_number)
    page.get_by_role("button", name="Save it too").click()
    page.get_by_role("button", name="Cancel").click()
    page.context.set_offline(False)

    strip(page, "Counted: 1")
    assert card.row.stamps == 1

"""What stands before the camera of a kiosk, and what becomes of the camera: the film changes while it runs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import Merchant, Station
from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.stations import open_device, wait_until_kept, wait_until_ready
from tests.web.kiosk.test_stamping import rotating_code
from tests.world import Offer, Shop, open_lume, open_rossi

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW = CAMERA_SECONDS * 1000
ANSWER_LASTS, LOOKS_EVERY = 10_000, 5_000
RECEIPT = "R0123456789ABCDEFGHJKMNPQRS"
# The browser asks whoever stands there, and hears no as long as it is told so.
CAMERA_ANSWERS = """(() => {
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  window.camera = { trouble: "NotAllowedError", opened: 0 };
  media.getUserMedia = async (wanted) => {
    window.camera.opened += 1;
    if (window.camera.trouble) throw new DOMException("", window.camera.trouble);
    return open(wanted);
  };
})()"""
# Between two looks of a slow machine no card is gone: the clock that tells it stands.
STANDS = "(at => { performance.now = () => at; })(performance.now())"
UNPLUG = """() => {
  const [track] = document.querySelector("video").srcObject.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event("ended")); // as a browser tells it of a track that nobody has stopped
}"""


@pytest.fixture
def offer(transactional_db: None) -> Offer:
    return open_lume().publish()


@pytest.fixture
def tablet(new_phone: Callable[..., Phone], camera: Camera) -> Phone:
    """With nothing before its camera."""
    return new_phone(width=820, height=1180)


def open_kiosk(tablet: Phone, shop: Shop, at: str) -> Page:
    page = open_device(tablet, shop, "kiosk", at)
    expect(page.locator("[data-kiosk].running")).to_be_visible(timeout=SLOW)
    wait_until_ready(page, "kiosk")
    return page


def hold_up(page: Page, camera: Camera, code: str, *, code_format: str = "QRCode") -> str:
    """What came of it, as the server answered."""
    with page.expect_response("**/kiosk/scans", timeout=SLOW) as answered:
        camera.hold_up(code, code_format=code_format)
    return str(answered.value.json()["outcome"])


def answer_on(page: Page, words: str) -> None:
    expect(page.locator("[data-result]")).to_contain_text(words, timeout=SLOW)


def test_a_card_in_every_kind_of_code_is_stamped_and_what_is_no_card_is_told_so(
    tablet: Phone, camera: Camera, offer: Offer, live_server: LiveServer
) -> None:
    page = open_kiosk(tablet, offer.shop, live_server.url)
    for code_format in ("QRCode", "Aztec", "PDF417", "Code128"):
        card = offer.card()
        code = rotating_code(card) if code_format == "Code128" else card.code  # bars of a longer one are too fine
        assert hold_up(page, camera, code, code_format=code_format) == "stamped", code_format
        assert card.row.stamps == 1, code_format

    torn, strange = offer.card().code[:17], open_rossi().publish().card().code
    for code, code_format, words in [
        ("4006381333931", "EAN13", "This code is not from this shop."),
        (RECEIPT[:15], "QRCode", "Part of this receipt code is missing."),
        (torn, "QRCode", "This code is not from this shop."),
        (strange, "QRCode", "This code is not from this shop."),
    ]:
        assert hold_up(page, camera, code, code_format=code_format) == "refused", code
        answer_on(page, words)

    tablet.watch.allow_refusals(401, 403)
    revoke_station(offer.shop.merchant, Station.objects.get().id, actor=offer.shop.actor)
    card = offer.card()
    camera.hold_up(card.code)
    expect(page.get_by_role("heading", name="This tablet is not a kiosk")).to_be_visible(timeout=SLOW)
    assert card.row.stamps == 0


@pytest.mark.long
def test_a_lost_answer_is_asked_for_again_and_who_stays_is_told_to_go(
    tablet: Phone, camera: Camera, offer: Offer, live_server: LiveServer
) -> None:
    card, sent = offer.card(locale="lv"), list[str]()

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        answer = route.fetch()  # it reaches the server,
        if len(sent) == 1:
            route.abort()  # and nobody hears of it
        else:
            route.fulfill(response=answer)

    tablet.watch.allow("ERR_FAILED")
    tablet.page.clock.install()
    page = open_kiosk(tablet, offer.shop, live_server.url)
    page.route("**/kiosk/scans", lose_the_first)
    camera.hold_up(card.code)
    answer_on(page, "1 no 10 zīmogiem")
    assert (len(sent), sent[0], card.row.stamps) == (2, sent[1], 1)

    said = page.locator("[data-waiting]")
    page.evaluate(STANDS)
    page.clock.fast_forward(ANSWER_LASTS)
    expect(said).to_have_text("Jau ieskaitīts. Pavirziet karti prom no kameras.", timeout=SLOW)
    expect(said.locator("p")).to_have_attribute("lang", "lv")
    assert_accessible(page)
    camera.take_away()
    page.clock.fast_forward(3_000)
    expect(said).to_be_empty(timeout=SLOW)
    assert (len(sent), card.row.stamps) == (2, 1)


@pytest.mark.long
def test_a_camera_that_is_forbidden_taken_or_unplugged_is_told_and_comes_back(
    tablet: Phone, camera: Camera, offer: Offer, live_server: LiveServer
) -> None:
    page, card = tablet.page, offer.card()
    page.add_init_script(CAMERA_ANSWERS)
    page.clock.install()
    open_device(tablet, offer.shop, "kiosk", live_server.url)
    trouble, start = page.locator("[data-camera-trouble]"), page.get_by_role("button", name="Start the camera")
    expect(trouble).to_have_text("The camera is blocked. Allow it in the browser’s settings, then start it again.")
    expect(page.locator("[data-slide]:not([hidden]) h2")).to_be_visible()  # the offer goes on
    assert_accessible(page)
    page.clock.fast_forward(60_000)
    assert page.evaluate("window.camera.opened") == 1  # the browser would ask again and again

    page.evaluate("window.camera.trouble = 'NotReadableError'")
    start.click()
    expect(trouble).to_have_text("Another app is using the camera. Close it and start again.")
    page.evaluate("window.camera.trouble = ''")
    page.clock.fast_forward(10_000)  # nobody taps
    expect(page.locator("[data-kiosk].running")).to_be_visible(timeout=SLOW)
    expect(trouble).to_be_hidden()

    page.evaluate(f"window.camera.trouble = 'NotFoundError', ({UNPLUG})()")
    expect(trouble).to_have_text("This device has no camera, so it can only show the offer.")
    page.evaluate("window.camera.trouble = ''")
    page.clock.fast_forward(10_000)
    expect(start).to_be_hidden(timeout=SLOW)
    assert hold_up(page, camera, card.code) == "stamped"


@pytest.mark.long
def test_of_two_tabs_one_stamps_a_card_and_both_take_the_next_version(
    tablet: Phone, camera: Camera, offer: Offer, live_server: LiveServer
) -> None:
    card = offer.card()
    tablet.page.clock.install()
    page = open_kiosk(tablet, offer.shop, live_server.url)
    wait_until_kept(page, "kiosk")
    other = tablet.context.new_page()
    other.goto(f"{live_server.url}/kiosk/")
    expect(other.locator("[data-kiosk].running")).to_be_visible(timeout=SLOW)
    camera.hold_up(card.code)
    for tab in (page, other):
        expect(tab.locator("[data-result] .outcome")).to_have_text(
            re.compile("1 of 10|stamped a moment ago"), timeout=SLOW
        )
    assert card.row.stamps == 1

    Merchant.objects.update(locale="lv")  # another language is another shell
    camera.take_away()
    other.reload()
    wait_js(page, "navigator.serviceWorker.controller?.scriptURL.endsWith('language=lv')", seconds=60)
    page.clock.fast_forward(ANSWER_LASTS)  # nobody is in the middle of something any more
    page.clock.fast_forward(LOOKS_EVERY)
    wait_js(page, "document.documentElement.lang === 'lv'")

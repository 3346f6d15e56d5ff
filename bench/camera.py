"""The scanner's camera in a real browser: how soon it looks after the tap, and how soon a code in view is answered."""

import base64
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.figures import LIMITS, Figure
from bench.serving import fresh_database, served
from bench.shop import Shop
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.models import Location, StaffMember
from stampwell.merchants.pins import set_pin
from tests.browser.chromium import FLAGS, executable

START, RESULT = 1500.0, 300.0  # milliseconds, what we promise
STARTS, CODES = 7, 25
PATIENCE = 30.0
PIN = "2580"

MEASURE_START = """addEventListener("click", ({ target }) => {
  if (!target.closest("[data-start]")) return;
  const began = performance.now();
  document.querySelector("video").requestVideoFrameCallback(() => {
    window.took = performance.now() - began;
  });
}, true)"""
# What the camera sees is drawn by us: the moment at which a code comes into view is known.
DRAWN_CAMERA = """(() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const brush = canvas.getContext("2d");
  const clear = () => Object.assign(brush, { fillStyle: "#605c58" }).fillRect(0, 0, 1280, 720);
  clear();
  setInterval(() => brush.fillRect(0, 0, 1, 1), 30); // of a canvas that stays as it is there are no pictures
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
  window.takeAway = clear;
  window.hold = async (source) => {
    const picture = Object.assign(new Image(), { src: source });
    await picture.decode();
    window.took = 0;
    const began = performance.now();
    brush.drawImage(picture, 440, 160, 400, 400);
    new MutationObserver((_, observer) => {
      if (!document.querySelector("[data-result] .count")) return;
      window.took = performance.now() - began;
      observer.disconnect();
    }).observe(document.querySelector("[data-result]"), { childList: true });
  };
})()"""


def measure_camera(url: str, folder: Path) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_camera"), "Camera")
    shop.give_cards(CODES + 1, with_voucher=False)
    member = StaffMember.objects.create(merchant=shop.merchant, name="Bo")
    set_pin(shop.merchant, member.id, PIN)
    links = [_link(shop) for _phone in range(2)]
    codes = [f"C{number}" for number in range(CODES + 1)]  # as they are seeded
    with served(shop.url, folder) as product, browser_running() as browser:
        at = f"http://127.0.0.1:{product.port}"
        starts = _measure_starts(_signed_in(browser, at + links[0]), at)
        results = _measure_results(_signed_in(browser, at + links[1]), codes, at)
    return [
        _figure("camera_start", starts, START, "from the tap to the first picture"),
        _figure("camera_result", results, RESULT, "from a code in view to its card on the screen, server and all"),
    ]


def _figure(name: str, times: list[float], promise: float, what: str) -> Figure:
    remarks = f"Median of {len(times)}, {what}; {max(times):.0f} ms at most."
    ours = statistics.median(times)
    return Figure(name, ours, promise, "ms", "the promise", LIMITS[name], grows=True, remarks=remarks)


@contextmanager
def browser_running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _link(shop: Shop) -> str:
    location = Location.objects.get(merchant=shop.merchant)
    _station, secret = invite_station(shop.merchant, location, kind="scanner", name="Counter phone")
    return f"/scanner/enrol/{shop.merchant.slug}/{secret}"


def _signed_in(browser: Browser, link: str) -> BrowserContext:
    """A phone on which Bo works."""
    context = browser.new_context(permissions=["camera"], viewport={"width": 390, "height": 844}, locale="en")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Use this phone as a scanner").click()
    page.get_by_role("link", name="Bo").click()
    page.get_by_label("Your PIN").fill(PIN)
    page.wait_for_selector("[data-start]:enabled")
    page.close()
    return context


def _measure_starts(context: BrowserContext, at: str) -> list[float]:
    context.add_init_script(MEASURE_START)
    times = []
    for _start in range(STARTS):
        page = context.new_page()
        page.goto(f"{at}/scanner/")
        page.click("[data-start]:enabled")
        times.append(_took(page))
        page.close()
    return times


def _measure_results(context: BrowserContext, codes: list[str], at: str) -> list[float]:
    """Without the first one, for which the decoder is loaded."""
    context.add_init_script(DRAWN_CAMERA)
    page = context.new_page()
    page.goto(f"{at}/scanner/")
    page.click("[data-start]:enabled")
    times = []
    for code in codes:
        page.evaluate("(source) => window.hold(source)", _picture(code))
        times.append(_took(page))
        page.evaluate("window.takeAway()")
        page.click("[data-result] [data-next]")
        page.wait_for_timeout(200)
    return times[1:]


def _took(page: Page) -> float:
    """Milliseconds, as the page measured them. Asked seldom: who asks takes the processor."""
    end = time.monotonic() + PATIENCE
    while not (took := page.evaluate("window.took || 0")):
        assert time.monotonic() < end, "the camera shows nothing"
        page.wait_for_timeout(100)
    return float(took)


def _picture(text: str) -> str:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    drawn = BytesIO()
    Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=8, add_quiet_zones=True)).save(drawn, "PNG")
    return f"data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}"

"""Devices at the counter as they stand there: enrolled, somebody signed in, their page open.

How people make them such is walked through in `test_scanner.py`, `test_kiosk.py` and `test_autopilot.py`. Everywhere
else the device is given its cookies, instead of three pages for each test.
"""

from django.test import Client
from playwright.sync_api import Page, expect

from stampwell.merchants.models import StaffMember
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.web.devices import Device
from tests.web.scanner.phone import Phone as Counter
from tests.world import Shop

KNOWS = """async ([kind, name]) => {
  const known = await indexedDB.databases();
  if (!known.some((one) => one.name === `stampwell-${kind}` && one.version === 2)) return false;
  return new Promise((done) => {
    const request = indexedDB.open(`stampwell-${kind}`);
    request.onsuccess = () => {
      const asked = request.result.transaction("device").objectStore("device").get(name);
      asked.onsuccess = () => { request.result.close(); done(Boolean(asked.result)); };
    };
  });
}"""


def open_scanner(phone: Phone, shop: Shop, at: str, *, who: str = "Bo") -> Page:
    """The scanner on this phone, in its language, ready to scan."""
    counter = Counter(shop).enrol()
    signed_in = counter.sign_in(StaffMember.objects.get(merchant=shop.merchant, name=who))
    assert signed_in.status_code == 302, signed_in.content
    give_cookies(phone, counter.client, at)
    phone.page.goto(f"{at}/scanner/")
    expect(phone.page.locator("[data-start]")).to_be_enabled(timeout=CAMERA_SECONDS * 1000)
    return phone.page


def open_device(phone: Phone, shop: Shop, kind: str, at: str) -> Page:
    """The screen of a kiosk or of an autopilot."""
    give_cookies(phone, Device(shop, kind).enrol().client, at)
    phone.page.goto(f"{at}/{kind}/")
    return phone.page


def give_cookies(phone: Phone, client: Client, at: str) -> None:
    phone.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": at} for name, cookie in client.cookies.items()]
    )


def wait_until_ready(page: Page, kind: str, *known: str) -> None:
    """Until the page of a station has told the server the key of its device, and keeps what else is named. Before that
    its request may be on its way, and be refused because of what a test does next.
    """
    for name in ("registered", *known):
        wait_js(page, f"({KNOWS})({[kind, name]})")


def wait_until_kept(page: Page, kind: str, *known: str) -> None:
    """Until a station goes on without a network, also when it is opened anew."""
    wait_js(page, "navigator.serviceWorker.controller !== null", seconds=60)
    wait_until_ready(page, kind, *known)
    page.wait_for_load_state("load")  # what is still on its way is not kept

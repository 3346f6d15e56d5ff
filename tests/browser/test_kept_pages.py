"""A station comes to keep its page and to be looked after, however the network is when it is opened first."""

import time
from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from tests.browser.chromium import Phone, wait_js
from tests.browser.live import Answer, Application, Live, StartResponse
from tests.browser.stations import give_cookies
from tests.web.devices import Device
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE, KEPT_PAGE, WORKER = "/kiosk/", "/kiosk/offline", "/kiosk/sw.js"
PATIENCE = 60.0  # seconds
LOOKED_AFTER = "navigator.serviceWorker.controller !== null"
WORKS = f"""navigator.serviceWorker.register("{WORKER}?language=en")
    .then(({{ active }}) => active?.state === "activated")"""


class PoorNetwork:
    """Loses some requests, and holds one page back."""

    def __init__(self, product: Application) -> None:
        self.product = product
        self.loses = Counter[str]()
        self.holds = ""
        self.is_held, self.may_go = Event(), Event()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Answer:
        path = environ["PATH_INFO"]
        if self.loses[path]:
            self.loses[path] -= 1
            start_response("502 Bad Gateway", [("Content-Length", "0")])
            return []
        if path == self.holds and not self.is_held.is_set():
            self.is_held.set()
            assert self.may_go.wait(PATIENCE)
        return self.product(environ, start_response)


@pytest.fixture
def network(live_server: Live) -> Iterator[PoorNetwork]:
    network = PoorNetwork(live_server.door.product)
    live_server.door.product = network
    yield network
    network.may_go.set()
    live_server.door.product = network.product


@pytest.fixture
def kiosk(phone: Phone, transactional_db: None, live_server: Live) -> Phone:
    """A tablet that was made one, and has not opened its page yet."""
    give_cookies(phone, Device(open_lume(), "kiosk").enrol().client, live_server.url)
    return phone


def test_what_is_lost_while_the_page_is_kept_is_asked_for_again(
    kiosk: Phone, network: PoorNetwork, live_server: Live
) -> None:
    kiosk.watch.allow("status of 502|HTTP response code|fetching the script")
    network.loses.update({WORKER: 1, KEPT_PAGE: 1})
    page = kiosk.page
    page.clock.install()
    page.goto(f"{live_server.url}{PAGE}")

    end = time.monotonic() + PATIENCE
    while not page.evaluate(LOOKED_AFTER):
        assert time.monotonic() < end
        page.clock.run_for(1000)

    assert not +network.loses
    page.context.set_offline(True)
    kiosk.watch.allow("ERR_INTERNET_DISCONNECTED")
    page.reload()
    assert page.locator("[data-kept-page]").count() == 1


def test_a_page_that_was_on_its_way_when_the_worker_began_is_looked_after_by_it(
    kiosk: Phone, network: PoorNetwork, live_server: Live
) -> None:
    network.holds = PAGE
    page, outside = kiosk.page, kiosk.context.new_page()
    for each in (page, outside):
        each.goto(f"{live_server.url}/static/icons/app-192.png")
    page.evaluate(f"location.assign('{PAGE}')")
    assert network.is_held.wait(PATIENCE)
    wait_js(outside, WORKS, seconds=PATIENCE)
    network.may_go.set()
    page.wait_for_url(f"**{PAGE}")

    wait_js(page, LOOKED_AFTER, seconds=PATIENCE)

"""A Saturday of 600 customers: one phone, one tablet, one till, and a router that fails every three minutes.

Three real browsers work beside each other against the real product. A minute of that day lasts a second here; a failure
lasts as long as devices wait, or longer. What each customer was told is written down as it stood on the screen; at the
end the ledger says the same, and so does each customer's own page.
"""

import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.camera import Camera
from tests.browser.test_scanning_offline import tap_pin
from tests.browser.till import BarcodeScanner
from tests.drills.router import FAILURES, Router, routed
from tests.drills.saturday_shop import CASHIER, Saturday, Told, Visitor
from tests.drills.test_backup import run
from tests.drills.test_product import Development
from tests.serving import free_port
from tests.world import PASSWORD, PIN

pytestmark = pytest.mark.drill

CUSTOMERS = int(os.environ.get("STAMPWELL_TEST_CUSTOMERS", "600"))
SEED = int(os.environ.get("STAMPWELL_TEST_SATURDAY_SEED", "20261128"))
MINUTE = 1.0  # seconds
WORKS, FAILS = 3.0, (1.0, 12.0)  # seconds; some failures last longer than any device waits
COMES_TWICE = 0.05
SLOW = 30_000
COUNT = re.compile(r"<strong>(\d+) of 10 stamps?</strong>")


@dataclass(slots=True)
class Words:
    """What customers were told, by card: `saved` is "it will count"."""

    stamped: Counter[str] = field(default_factory=Counter)
    saved: Counter[str] = field(default_factory=Counter)
    handed_out: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {getattr(self, name).total()}" for name in self.__slots__)

    def about(self, card: str) -> dict[str, int]:
        return {name: getattr(self, name)[card] for name in self.__slots__}

    def note(self, outcome: str, card: str) -> None:
        {
            "stamped": self.stamped,
            "kept": self.saved,
            "counted": self.saved,  # the connection came back while it was said that it is saved
            "waiting": self.saved,
            "handed_over": self.handed_out,
            "refused": self.refused,
        }[outcome][card] += 1


@dataclass
class Visit:
    visitor: Visitor
    for_reward: bool


class Station:
    """A device and whoever uses it: takes one visit after the other from its queue, as fast as it can."""

    kind = ""

    def __init__(self, saturday: Saturday, router: Router, folder: Path) -> None:
        self.saturday, self.router, self.folder = saturday, router, folder
        self.visits: SimpleQueue[Visit | None] = SimpleQueue()
        self.words = Words()
        self.fault: BaseException | None = None
        self.thread = threading.Thread(target=self._live, name=self.kind, daemon=True)
        self.ready = threading.Event()
        self.router_is_good = threading.Event()

    def _live(self) -> None:
        try:
            with sync_playwright() as playwright:
                camera = Camera(self.folder / f"{self.kind}.mjpeg")
                browser = chromium.launch(playwright, camera_file=camera.film)
                with chromium.phone(browser) as phone:
                    phone.watch.allow("ERR_|status of 50")
                    self.page, self.camera = phone.page, camera
                    self._work()
        except BaseException as fault:  # told by whoever waits for this thread
            self.fault = fault
        finally:
            self.ready.set()

    def _work(self) -> None:
        self.open(self.page)
        self.ready.set()
        while visit := self.visits.get():
            self.serve(visit)
        self.router_is_good.wait()
        self.send_the_rest(self.page)

    def enrol(self, page: Page, kind: str, button: str) -> None:
        page.goto(f"{self.router.url}/{kind}/enrol/{self.saturday.slug}/{self.saturday.stations[kind]}")
        page.get_by_role("button", name=button).click()

    def open(self, page: Page) -> None:
        raise NotImplementedError

    def serve(self, visit: Visit) -> None:
        raise NotImplementedError

    def send_the_rest(self, page: Page) -> None:
        page.reload()
        expect(page.locator("[data-kept-chips]")).not_to_contain_text("Saved scans", timeout=SLOW)


class PhoneOfStaff(Station):
    kind = "scanner"

    def open(self, page: Page) -> None:
        self.enrol(page, "scanner", "Use this phone as a scanner")
        page.get_by_role("link", name=CASHIER).click()
        tap_pin(page, PIN)
        expect(page.get_by_role("button", name="Start scanning")).to_be_visible(timeout=SLOW)
        wait_for_shell(page)

    def serve(self, visit: Visit) -> None:
        page, result = self.page, self.page.locator("[data-result]")
        page.get_by_label("Number below the code").fill(
            visit.visitor.voucher if visit.for_reward else visit.visitor.number
        )
        page.get_by_role("button", name="Send the number").click()
        expect(result.locator(".outcome")).to_be_visible(timeout=SLOW)
        while result.get_attribute("data-outcome") == "offer":
            page.get_by_role("button", name="Hand out").click()
            expect(page.locator("[data-scanner]")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)
        self.words.note(result.get_attribute("data-outcome") or "", visit.visitor.card)
        page.get_by_role("button", name="Next").click()


class Till(Station):
    kind = "autopilot"

    def open(self, page: Page) -> None:
        self.enrol(page, "autopilot", "Use this device as an autopilot")
        expect(page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
        wait_for_shell(page)
        self.scanner = BarcodeScanner(page)

    def serve(self, visit: Visit) -> None:
        self.page.evaluate("document.querySelector('[data-lines] > li')?.setAttribute('data-read', '')")
        self.scanner.read(visit.visitor.code)
        line = self.page.locator("[data-lines] > li:first-child:not([data-read])")
        expect(line).to_be_visible(timeout=SLOW)
        self.words.note(line.get_attribute("data-outcome") or "", visit.visitor.card)


class Tablet(Station):
    kind = "kiosk"

    def open(self, page: Page) -> None:
        page.set_viewport_size({"width": 820, "height": 1180})
        self.enrol(page, "kiosk", "Use this tablet as a kiosk")
        expect(page.locator("[data-slide]:not([hidden]) h2")).to_be_visible()
        wait_for_shell(page)

    def serve(self, visit: Visit) -> None:
        self.camera.show(visit.visitor.code)  # Chromium opens the film anew with the page
        self.page.goto(f"{self.router.url}/kiosk/")
        title = self.page.locator("[data-result]:not([data-tone=plain]) .outcome .title")
        expect(title.first).to_be_visible(timeout=SLOW)
        said = title.first.inner_text()
        outcomes = {"Saved": "kept", "Thank you! The stamp is on your card.": "stamped"}
        self.words.note(outcomes.get(said, "refused"), visit.visitor.card)
        self.page.goto("about:blank")  # the customer takes the card away; left there it might be saved once more

    def send_the_rest(self, page: Page) -> None:
        self.camera.show_nothing()
        page.goto(f"{self.router.url}/kiosk/")
        super().send_the_rest(page)


STATIONS: tuple[type[Station], ...] = (PhoneOfStaff, Till, Tablet)


def wait_for_shell(page: Page) -> None:
    chromium.wait_js(page, "navigator.serviceWorker.controller !== null", seconds=30)


def customers_of(saturday: Saturday, luck: random.Random) -> list[Visit]:
    """In the order in which they come. A few come again on the same day, within the pause of the program."""
    visits = [Visit(one, for_reward=bool(one.voucher)) for one in saturday.visitors]
    again = [Visit(one, for_reward=False) for one in luck.sample(saturday.visitors, round(CUSTOMERS * COMES_TWICE))]
    for visit in again:
        visits.insert(luck.randrange(len(visits)), visit)
    return visits


@contextmanager
def failing(router: Router, luck: random.Random) -> Iterator[None]:
    """Again and again, each time in another way; it works when this is over."""
    closed = threading.Event()

    def fail() -> None:
        while not closed.wait(WORKS):
            router.become(luck.choice(FAILURES))
            closed.wait(luck.uniform(*FAILS))
            router.become("up")

    thread = threading.Thread(target=fail)
    thread.start()
    try:
        yield
    finally:
        closed.set()
        thread.join()


@pytest.fixture
def router() -> Iterator[Router]:
    with routed(free_port()) as router:
        yield router


@pytest.fixture
def development(router: Router, data_dir: Path) -> Iterator[Development]:
    served = Development(data_dir / "shop", router.server_port, router.url)
    served.start()
    try:
        yield served
    finally:
        served.stop()


def test_the_ledger_of_a_saturday_is_what_the_customers_were_told(
    development: Development, router: Router, data_dir: Path
) -> None:
    luck = random.Random(SEED)
    saturday = msgspec.json.decode(shell(development, f"open_shop({{file!r}}, {CUSTOMERS})"), type=Saturday)
    stations = [station(saturday, router, data_dir) for station in STATIONS]
    open_all(stations)
    with failing(router, random.Random(SEED)):
        let_them_come(stations, customers_of(saturday, luck), luck)
    send_the_rest(stations)
    decide_what_waits(router)
    assert all(router.struck[kind] for kind in FAILURES), f"a failure that never struck: {router.struck}"
    assert all(station.words.saved for station in stations), "a device that never had to save anything"
    ledger = msgspec.json.decode(shell(development, "read_ledger({file!r})"), type=dict[str, Told])
    told = together(stations)

    print(f"{len(ledger)} customers; {told}; the router: {dict(router.struck)}")
    wrong = []
    for visitor in saturday.visitors:
        wanted = told.stamped[visitor.card] + told.saved[visitor.card]
        written = ledger[visitor.card]
        if (written.today, written.handed_out) != (wanted, told.handed_out[visitor.card]):
            heard = [f"{one.kind}: {one.words.about(visitor.card)}" for one in stations]
            wrong.append((written, heard))
    assert not wrong
    for visitor in saturday.visitors:
        page = httpx.get(f"{router.url}{urlsplit(visitor.link).path}")
        assert COUNT.findall(page.text) == [str(ledger[visitor.card].in_all)]


def shell(development: Development, call: str) -> bytes:
    """What the call wrote into its file."""
    file = development.data_dir / "told.json"
    code = f"from tests.drills import saturday_shop; saturday_shop.{call.format(file=str(file))}"
    done = run(development.data_dir, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return file.read_bytes()


def open_all(stations: Sequence[Station]) -> None:
    for station in stations:
        station.thread.start()
    for station in stations:
        assert station.ready.wait(120)
        complain(stations)


def let_them_come(stations: Sequence[Station], visits: list[Visit], luck: random.Random) -> None:
    """One customer a minute, where there is room; rewards are handed out at the phone."""
    for visit in visits:
        [station] = stations[:1] if visit.for_reward else luck.choices(stations, weights=(45, 40, 15))
        station.visits.put(visit)
        time.sleep(MINUTE)
        complain(stations)


def send_the_rest(stations: Sequence[Station]) -> None:
    for station in stations:
        station.visits.put(None)
        station.router_is_good.set()
    for station in stations:
        station.thread.join(300)
        complain(stations)


def complain(stations: Sequence[Station]) -> None:
    for station in stations:
        if station.fault:
            raise station.fault


def together(stations: Sequence[Station]) -> Words:
    told = Words()
    for station in stations:
        for name in told.__slots__:
            getattr(told, name).update(getattr(station.words, name))
    return told


def decide_what_waits(router: Router) -> int:
    """The owner counts whatever could not count by itself; answers how many kinds of such scans there were."""
    with (
        sync_playwright() as playwright,
        chromium.launch(playwright, camera_file=Path("/dev/null")) as browser,
        chromium.phone(browser, base_url=router.url) as phone,
    ):
        page = phone.page
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill("ada@saturday.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto("/scans/")
        kinds = page.locator("section.panel").count()
        while (count := page.get_by_role("button", name=re.compile(r"^Count (all|it|the first)"))).count():
            count.first.click()
            page.wait_for_load_state()
        expect(page.get_by_role("heading", name="Nothing to decide")).to_be_visible()
        return kinds

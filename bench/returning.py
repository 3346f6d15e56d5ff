"""After a reward is used: how soon its card is a clean round again in both wallets and on the page in the browser.

The product as it is served, with its worker, the doubles of Apple and Google, and the page in a real browser, each time
with another card. The times are those from the answer to the till until Apple's push service is asked to ring the
phone, until Google has been told the last of it, and until the page shows it. The phone then fetches its pass, as it
does after a push, and that has to be clean.
"""

import http.client
import json
import random
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import Page

from bench.camera import browser_running
from bench.figures import LIMITS, Figure
from bench.serving import fresh_database, served, working
from bench.shop import Shop
from stampwell.ids import public_id
from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.configuration import development_folder
from tests.doubles.__main__ import settings_of
from tests.doubles.apns import PushDouble
from tests.doubles.google import Google
from tests.doubles.google_serving import google_running
from tests.wallet.packages import OpenedPass, open_pass

FIGURES = ("rounds_apple", "rounds_google", "rounds_web")
PROMISE = 10.0  # seconds
TIMES = 24
GOAL = 5
CALM = (2.0, 6.0)  # seconds before each use, at least and at most: the page asks every four
PATIENCE = 60.0
PROGRAM = {
    "name": {"en": "Coffee card"},
    "goal": GOAL,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [{"stamps": GOAL, "reward": {"name": "A free coffee", "path": "staff_scan"}}],
}
# Whenever the card is drawn anew: when, and how many rewards it shows.
WATCH = """window.drawn = [];
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  const card = document.querySelector("[data-card]");
  if (!card || card === window.seen) return;
  window.seen = card;
  window.drawn.push([Date.now() / 1000, card.querySelectorAll(".ticket").length]);
}).observe(document.body, { childList: true, subtree: true }))"""


def measure_rounds(url: str, folder: Path) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_rounds"), "Rounds", PROGRAM)
    key, program = shop.key_for(0), public_id("prg", shop.terms.program_id)
    chain = make_development_chain(development_folder())
    with ExitStack() as stack:
        apple = stack.enter_context(PushDouble(folder, [chain.root, chain.intermediate]))
        google, _server = stack.enter_context(google_running(folder))
        wallets = settings_of(apple, google) | {"STAMPWELL_OFFER_DEVELOPMENT_WALLETS": "1"}
        product = stack.enter_context(served(shop.url, folder, wallets))
        stack.enter_context(working(shop.url, folder, wallets))
        browser = stack.enter_context(browser_running())
        counter = _Counter(product.port, key, program, apple, google)
        chance, took = random.Random(20_261_128), []
        for number in range(TIMES + 1):
            page = browser.new_page()
            page.add_init_script(WATCH)
            took.append(_Round(counter, page, number).measure(pause=chance.uniform(*CALM)))
            page.close()
    assert not google.refused, google.refused
    del took[0]  # connections are made, and what is read once is read
    return [_figure(name, list(times)) for name, times in zip(FIGURES, zip(*took, strict=True), strict=True)]


def _figure(name: str, times: list[float]) -> Figure:
    """The longest is what is promised."""
    remarks = f"The longest of {len(times)} rewards used, median {statistics.median(times):.2f} s."
    return Figure(name, max(times), PROMISE, "s", "the promise", LIMITS[name], grows=True, remarks=remarks)


def has_reward(shown: OpenedPass) -> bool:
    """Whether the pass tells a reward that can be used on its front; on its back it tells that there is none."""
    return shown.where("ready") != "backFields"


@dataclass
class _Counter:
    """Where all cards are used."""

    port: int
    key: str
    program: str
    apple: PushDouble
    google: Google

    def post(self, path: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": str(uuid4())}
        return json.loads(self.ask("POST", f"/api/v1{path}", body, headers))

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> bytes:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            link.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"} | (headers or {}))
            answer = link.getresponse()
            told = answer.read()
        finally:
            link.close()
        assert answer.status in (200, 201, 303), (path, answer.status, told[:500])
        return told


class _Round:
    """A card with a reward, in both wallets and open in a browser, until the reward is used and all three are clean."""

    def __init__(self, counter: _Counter, page: Page, number: int) -> None:
        self.counter, self.page = counter, page
        card = counter.post("/cards", {"program_id": counter.program})
        path = urlsplit(card["web_url"]).path
        self.push_token = f"{number:064x}"
        (voucher,) = counter.post(f"/cards/{card['id']}/stamps", {"count": GOAL})["vouchers_issued"]
        self.voucher: str = voucher["id"]
        added = open_pass(counter.ask("GET", f"{path}/apple"))
        assert has_reward(added)
        self.wallet = added.content
        self._register(f"{number:016x}")
        before = set(counter.google.objects["loyaltyObject"])
        counter.ask("GET", f"{path}/google")
        (self.name,) = set(counter.google.objects["loyaltyObject"]) - before
        page.goto(f"http://127.0.0.1:{counter.port}{path}")

    def measure(self, *, pause: float) -> tuple[float, float, float]:
        """Seconds from the answer to the till until Apple, Google and the page know."""
        self._wait(self._linked)
        assert self.page.locator(".ticket").count() == 1
        self.page.wait_for_timeout(pause * 1000)
        assert not self._rung(0.0), "a second push to a phone comes a minute after the first"
        begun = time.monotonic()
        self.counter.post(f"/vouchers/{self.voucher}/redemption", {})
        answered, told = time.monotonic(), time.time()
        self._wait(lambda: self._rung(begun) and not self._linked() and self._drawn())
        assert not has_reward(self._fetch())
        apple, google, web = self._rung(begun), self._heard(begun), self._drawn()
        assert apple
        assert google
        assert web
        return max(0.0, apple - answered), max(0.0, google - answered), max(0.0, web - told)

    def _wait(self, happened: Callable[[], object]) -> None:
        """Looks seldom: who looks takes the processor, and the times are of those that it happened to."""
        ends = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < ends, (self._rung(0.0), self._linked(), self._drawn())
            self.page.wait_for_timeout(100)

    def _rung(self, since: float) -> float | None:
        """When Apple was asked to ring this phone for the first time since."""
        of_it = (push.at for push in self.counter.apple.seen if push.token == self.push_token)
        return next((at for at in of_it if at >= since), None)

    def _linked(self) -> bool:
        """Whether the card has a reward at Google, where each is an offer beside it."""
        return bool(self.counter.google.links.get(self.name))

    def _heard(self, since: float) -> float | None:
        """When Google was told the last thing of the card since, with which it is as it has to be."""
        of_it = [asked.at for asked in self.counter.google.asked if self.name in asked.path and asked.method != "GET"]
        return max((at for at in of_it if at >= since), default=None)

    def _drawn(self) -> float | None:
        """When the page showed the card without a reward; by the clock on the wall, as the browser tells it."""
        return next((float(at) for at, tickets in self.page.evaluate("window.drawn") if not tickets), None)

    def _register(self, phone: str) -> None:
        path = f"{self._service}/devices/{phone}/registrations/{self._pass}"
        self.counter.ask("POST", path, {"pushToken": self.push_token}, self._authority)

    def _fetch(self) -> OpenedPass:
        """As a phone does after a push."""
        return open_pass(self.counter.ask("GET", f"{self._service}/passes/{self._pass}", headers=self._authority))

    @property
    def _pass(self) -> str:
        return f"{self.wallet['passTypeIdentifier']}/{self.wallet['serialNumber']}"

    @property
    def _service(self) -> str:
        return urlsplit(str(self.wallet["webServiceURL"])).path + "/v1"

    @property
    def _authority(self) -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.wallet['authenticationToken']}"}

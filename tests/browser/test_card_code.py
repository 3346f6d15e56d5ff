"""The web card's own parts in a real browser: the rotating code, its drawing, the large code, the card offline."""

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from stampwell.cards.rotating import STEP_SECONDS, code_at_step
from tests.browser.axe import assert_accessible
from tests.browser.camera import read_code
from tests.browser.chromium import PATIENCE, Phone, wait_js
from tests.browser.pages import draw_page
from tests.browser.site import STATIC, Answer, Pages, serve

pytestmark = pytest.mark.browser

SECRET = b"12345678901234567890"
# RFC 6238, appendix B, the SHA-1 column.
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
DRAWN = "document.querySelector('[data-code-picture] path:last-child').getAttribute('d')"
CARD = """{% extends "partials/customer_page.html" %}{% load static %}
{% block title %}Card{% endblock %}
{% block body_attributes %} data-offline-worker="/c/sw.js"{% endblock %}
{% block main %}<p class="only-read-aloud" role="status" data-tells></p>
<section class="panel" data-card data-state-url="/c/lume/t/state" data-version="{{ version }}">
<h1>{{ stamps }}</h1>{% if told %}<p data-told="{{ told }}">You drew: a cake</p>{% endif %}
{% include "partials/card_code.html" %}</section>{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/card/page.js' %}"></script>{% endblock %}"""


class Shop:
    """A card that a test may stamp, behind a tiny local server."""

    def __init__(self) -> None:
        self.version = 1
        self.told = ""
        self.used_step = 0
        self.clock_ahead = 0.0
        self.secret = SECRET.hex()

    def pages(self) -> Pages:
        worker = Answer((STATIC / "js/card/sw.js").read_bytes(), "text/javascript")
        return {
            "/c/lume/t": lambda _: Answer(self.card()),
            "/c/lume/t/state": lambda _: self.state(),
            "/c/lume/t/code": Answer("<b data-fetched>fetched</b>"),
            "/c/sw.js": worker,
        }

    def card(self) -> str:
        return draw_page(
            CARD,
            shop_name="Café Lume",
            version=self.version,
            told=self.told,
            stamps=f"{self.version} of 10",
            short_number="48291310",
            short_number_text="4829 1310",
            rotating_secret=self.secret,
            server_now=round(self.now() * 1000),
            used_step=self.used_step,
            code_url="/c/lume/t/code",
        )

    def state(self) -> Answer:
        return Answer(json.dumps({"version": self.version, "used_step": self.used_step}), "application/json")

    def now(self) -> float:
        return time.time() + self.clock_ahead

    def code_now(self, *, later: int = 0) -> str:
        step = int(self.now() // STEP_SECONDS) + later
        return f"SW1:48291310:{code_at_step(SECRET, step)}"


def read_screen(page: Page) -> str:
    return read_code(page.screenshot())


def wait_drawn(page: Page) -> None:
    wait_js(page, "document.querySelector('[data-code-picture] svg[shape-rendering]') !== null")


def wait_for_code_of_now(page: Page, shop: Shop) -> None:
    """Where the half minute has just ended the phone draws."""
    end = time.monotonic() + PATIENCE
    while True:
        before, shown, after = shop.code_now(), read_screen(page), shop.code_now()
        if shown in (before, after):
            return
        assert time.monotonic() < end, (before, shown, after)
        page.wait_for_timeout(50)


def test_codes_are_those_of_rfc_6238(phone: Phone) -> None:
    with serve({"/": Answer("<!doctype html><title>Codes</title>")}) as url:
        phone.page.goto(url)
        codes = phone.page.evaluate(
            """async ({secret, seconds}) => {
              const {codeAtStep, stepAt} = await import("/static/js/card/totp.js");
              return Promise.all(seconds.map((second) => codeAtStep(secret, stepAt(second * 1000))));
            }""",
            {"secret": SECRET.hex(), "seconds": list(VECTORS)},
        )

    assert codes == list(VECTORS.values())


@pytest.mark.parametrize("ahead", [0, 86_400])
def test_the_drawn_code_is_the_servers_code_of_this_half_minute(phone: Phone, ahead: int) -> None:
    shop = Shop()
    shop.clock_ahead = ahead  # the phone's clock is a day slow

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        wait_for_code_of_now(phone.page, shop)


def ask_again(phone: Phone, shop: Shop) -> None:
    """The card asks every four seconds whether it has changed: so much later it is, here and there."""
    shop.clock_ahead += 4
    phone.page.clock.fast_forward(4_000)


def test_a_used_code_gives_way_to_the_next(phone: Phone) -> None:
    shop = Shop()
    phone.page.clock.install()

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        shop.used_step = int(shop.now() // STEP_SECONDS)
        expected = code_at_step(SECRET, shop.used_step + 1)
        used = phone.page.evaluate(DRAWN)
        ask_again(phone, shop)
        wait_js(phone.page, f"{DRAWN} !== '{used}'")

        assert read_screen(phone.page) == f"SW1:48291310:{expected}"


def test_a_stamped_card_comes_by_itself_and_keeps_its_code(phone: Phone) -> None:
    shop = Shop()
    phone.page.clock.install()

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        shop.version = 2
        ask_again(phone, shop)
        wait_js(phone.page, "document.querySelector('h1').textContent === '2 of 10'")
        wait_drawn(phone.page)
        wait_for_code_of_now(phone.page, shop)


def test_what_was_drawn_is_read_aloud_once(phone: Phone) -> None:
    shop, aloud = Shop(), "document.querySelector('[data-tells]')"
    phone.page.clock.install()

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        shop.version, shop.told = 2, "drw_1"
        ask_again(phone, shop)
        wait_js(phone.page, f"{aloud}.textContent === 'You drew: a cake'")
        phone.page.evaluate(f"{aloud}.textContent = ''")
        shop.version = 3
        ask_again(phone, shop)
        wait_js(phone.page, "document.querySelector('h1').textContent === '3 of 10'")
        shop.version, shop.told = 4, "drw_2"
        ask_again(phone, shop)
        wait_js(phone.page, f"{aloud}.textContent === 'You drew: a cake'")


def test_the_large_code_fills_the_screen_and_closes_by_a_tap(phone: Phone) -> None:
    with serve(Shop().pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        phone.page.click("[data-shows-big]")
        width = phone.page.evaluate("document.querySelector('dialog .picture').clientWidth")
        read = read_screen(phone.page)
        phone.page.click("dialog .picture")

        assert not phone.page.is_visible("dialog")
    assert width >= 350
    assert read.startswith("SW1:48291310:")


def test_a_phone_that_cannot_sign_fetches_the_servers_drawing(phone: Phone) -> None:
    shop = Shop()
    shop.secret = ""
    phone.page.clock.install()

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        phone.page.clock.fast_forward(26_000)
        wait_js(phone.page, "document.querySelectorAll('[data-fetched]').length === 2")


def test_the_last_card_opens_without_a_connection(phone: Phone) -> None:
    shop = Shop()
    shop.clock_ahead = 86_400
    phone.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    kept = "caches.open('card-parts-1').then((parts) => parts.keys()).then((keys) => keys.length)"

    with serve(shop.pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_js(phone.page, f"{kept}.then((count) => count > 15)")
        wait_js(phone.page, "caches.open('card-pages-1').then((pages) => pages.keys()).then((keys) => keys.length)")
        phone.context.set_offline(True)
        phone.page.reload()
        wait_drawn(phone.page)
        before, read, after = shop.code_now(), read_screen(phone.page), shop.code_now()

    assert phone.page.inner_text("h1") == "1 of 10"
    assert phone.page.evaluate("document.documentElement.dataset.fromCache") == ""
    assert phone.page.evaluate("caches.match('/static/icons.svg').then(Boolean)")
    assert phone.page.evaluate("getComputedStyle(document.querySelector('.code')).borderTopLeftRadius") == "16px"
    assert read in {before, after}


def test_the_card_is_accessible(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(width=320, height=568)

    with serve(Shop().pages()) as url:
        phone.page.goto(f"{url}/c/lume/t")
        wait_drawn(phone.page)
        assert_accessible(phone.page)

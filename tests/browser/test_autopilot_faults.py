"""What goes wrong at a till: an answer that is lost, two tabs, a new version while somebody could still undo."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.offline.models import KeptScan
from tests.browser.chromium import Phone, wait_js
from tests.browser.stations import wait_until_kept
from tests.browser.test_scanning import LISTEN
from tests.browser.till import SLOW, BarcodeScanner, last_line, open_till
from tests.world import HeldCard, Offer, Shop, open_lume

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return open_lume()


@pytest.fixture
def offer(shop: Shop) -> Offer:
    return shop.publish()


def strip(page: Page, words: str) -> None:
    expect(page.locator("[data-kept-chips]")).to_contain_text(words, timeout=SLOW)


def test_a_lost_answer_is_asked_for_again_and_is_one_stamp_one_line_and_one_sound(
    phone: Phone, shop: Shop, offer: Offer, live_server: LiveServer
) -> None:
    card, sent = offer.card(), list[str]()

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data or "")
        answer = route.fetch()  # it reaches the server,
        if len(sent) == 1:
            route.abort()  # and nobody hears of it
        else:
            route.fulfill(response=answer)

    phone.watch.allow("ERR_FAILED")
    phone.page.add_init_script(LISTEN)
    page = open_till(phone, shop, live_server).page
    page.route("**/autopilot/scans", lose_the_first)
    BarcodeScanner(page).read(card.code)

    last_line(page, "1 of 10 stamps")
    assert (len(sent), sent[0], card.row.stamps) == (2, sent[1], 1)
    expect(page.locator("[data-lines] > li")).to_have_count(1)
    assert page.evaluate("window.heard") == ["660 running", "990 running"]  # the first key was its tap


def test_two_tabs_send_each_saved_scan_once(phone: Phone, shop: Shop, offer: Offer, live_server: LiveServer) -> None:
    cards = [offer.card(), offer.card()]
    page = open_till(phone, shop, live_server).page
    wait_until_kept(page, "autopilot")
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/autopilot/")
    expect(other.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")
    phone.context.set_offline(True)
    for tab, card in zip((page, other), cards, strict=True):
        save(tab, card)
    for tab in (page, other):
        strip(tab, "Saved scans: 2, since")

    phone.context.set_offline(False)

    for tab in (page, other):
        strip(tab, "Counted: 2")
        last_line(tab, "The scan counts: 1 stamp was added.")
    assert [card.row.stamps for card in cards] == [1, 1]
    assert KeptScan.objects.values("received_at").distinct().count() == 1, "they came in one call"


def save(page: Page, card: HeldCard) -> None:
    page.bring_to_front()
    BarcodeScanner(page).read(card.code)
    last_line(page, "It will count when the connection is back.")


def test_a_new_version_waits_until_nothing_can_be_undone(
    phone: Phone, shop: Shop, offer: Offer, live_server: LiveServer
) -> None:
    """Another language is another shell: a new worker takes over from the one before."""
    card = offer.card()
    page = open_till(phone, shop, live_server).page
    wait_until_kept(page, "autopilot")
    BarcodeScanner(page).read(card.code)
    last_line(page, "1 of 10 stamps")
    phone.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "lv", "url": live_server.url}])
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/autopilot/")
    wait_js(page, "navigator.serviceWorker.controller?.scriptURL.endsWith('language=lv')", seconds=60)
    page.get_by_role("button", name="Undo").click()

    wait_js(page, "document.documentElement.lang === 'lv'")
    assert card.row.stamps == 0

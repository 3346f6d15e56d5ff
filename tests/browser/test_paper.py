"""A card for somebody without one: on the scanner's screen, on paper, and from the paper into a phone."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.links import paper_mark
from stampwell.cards.models import Card
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.counter.scanning import recognise
from tests.browser.axe import assert_accessible
from tests.browser.camera import read_code
from tests.browser.chromium import Phone
from tests.browser.large_text import faults_of_large_text
from tests.browser.stations import open_scanner
from tests.tiers import first_of
from tests.web.customer import give_stamps
from tests.world import HeldCard, Offer, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

type NewPhone = Callable[..., Phone]
TO_PHONE = {"en": "Keep it on this phone", "ja": "このスマホに入れる", "kk": "Осы телефонда сақтау"}


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    shop = open_lume()
    shop.hire("Bo")
    return shop


@pytest.fixture
def offer(shop: Shop) -> Offer:
    return shop.publish()


def hold_to_rules(page: Page) -> None:
    assert_accessible(page)
    assert faults_of_large_text(page) == []


@pytest.mark.parametrize("locale", first_of(["en", "lv"]))
def test_a_customer_scans_the_card_off_the_scanners_screen(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop, offer: Offer, locale: str
) -> None:
    page = open_scanner(new_phone(base_url=live_server.url, locale=locale), shop, live_server.url)
    page.goto("/scanner/join")
    hold_to_rules(page)
    page.locator("a[href='/scanner/new-cards']").click()
    hold_to_rules(page)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/new-cards/crd_*")
    hold_to_rules(page)

    link = read_code(page.locator(".code .picture").screenshot())

    theirs = new_phone(base_url=live_server.url, locale=locale).page
    theirs.goto(link.replace(f"http://{urlsplit(link).netloc}", live_server.url))
    card = HeldCard(shop, Card.objects.get().id)
    expect(theirs.locator("h1")).to_have_text("Coffee card")
    assert link == card.url
    assert card.row.locale == shop.merchant.locale


@pytest.mark.parametrize("locale", first_of([*TO_PHONE]))
def test_a_paper_card_is_kept_on_a_phone_by_one_tap(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop, offer: Offer, locale: str
) -> None:
    card = offer.card()
    give_stamps(card, 6)
    phone = new_phone(base_url=live_server.url, locale=locale)
    paper = f"{urlsplit(card.url).path}?paper={paper_mark(card.id, 0)}"

    phone.page.goto(paper)
    hold_to_rules(phone.page)
    phone.page.get_by_role("button", name=TO_PHONE[locale]).click()

    expect(phone.page.locator("h1")).to_have_text("Coffee card")
    assert (card.row.issue, card.row.stamps) == (1, 6)
    late = new_phone(base_url=live_server.url, locale=locale)
    late.watch.allow("status of 410")
    late.page.goto(paper)
    hold_to_rules(late.page)
    assert recognise(shop.merchant, card.url).refusal is not None


@pytest.mark.parametrize(
    ("locale", "one"), first_of([("en", "4 stamps were taken over"), ("et", "4 templit kanti üle")])
)
def test_an_old_paper_card_is_taken_over_and_undone(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop, offer: Offer, locale: str, one: str
) -> None:
    change_paper_rules(shop.merchant, most_stamps=8, most_a_day=20, actor=shop.actor)
    card = offer.card()
    page = open_scanner(new_phone(base_url=live_server.url, locale=locale), shop, live_server.url)
    page.get_by_role("textbox").fill(card.row.short_number)
    page.get_by_role("textbox").press("Enter")
    page.locator("[data-result] a[href$='/old-paper']").click()
    hold_to_rules(page)
    page.locator("input[name=count]").fill("4")
    page.locator("input[name=reason]").fill("A green one")
    page.locator("form.form button.primary").click()
    expect(page.locator("h1")).to_have_text(one)
    hold_to_rules(page)
    assert card.row.stamps == 5

    page.locator("form[action$='/undo'] button").click()

    expect(page.locator("form[action$='/undo']")).to_have_count(0)
    hold_to_rules(page)
    assert card.row.stamps == 1

"""Join, collect and redeem on a phone, in a real browser: the code is read off a screenshot, as a camera would."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import recognise, take_scan
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.languages.catalogues import translated_locales
from stampwell.vouchers.checking import LIVE
from stampwell.vouchers.models import Redemption, Voucher
from tests.browser.axe import assert_accessible, assert_accessible_at
from tests.browser.camera import read_code
from tests.browser.chromium import Phone, wait_js
from tests.browser.large_text import faults_of_large_text
from tests.moments import COUNTDOWN
from tests.redeem_codes.test_formats import DRAWN, as_read, read_codes
from tests.redeem_codes.working import lay_in, pool_of
from tests.wallet.development import lay_development_account, lay_development_chain
from tests.web.customer import AT_ONCE, card_with_reward, give_stamps, one_reward, path_of, voucher_path
from tests.world import HeldCard, Offer, Shop, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKS_EVERY = 4_000  # milliseconds: the page, whether its card has changed
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"
DRAWN_HERE = "document.querySelector('[data-code-picture] svg')?.getAttribute('aria-hidden') === 'true'"
CACHED = """async (url) => {
  await navigator.serviceWorker.ready;
  return Boolean(await caches.match(url));
}"""

type NewPhone = Callable[..., Phone]


@pytest.fixture
def shop(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")
    return open_lume()


@pytest.fixture
def offer(shop: Shop) -> Offer:
    names = {"en": "Coffee card", "lv": "Kafijas karte", "ja": "コーヒーカード"}
    return shop.publish(
        name=names, design={"background": "#5b2c1a", "accent": "#ffd166", "icon": "cup"}, earning=AT_ONCE
    )


@pytest.fixture
def page(live_server: LiveServer, new_phone: NewPhone) -> Page:
    return new_phone(base_url=live_server.url).page


def join_path(offer: Offer) -> str:
    return f"/j/{offer.shop.merchant.slug}/{offer.program.slug}"


def read_screen(page: Page, selector: str = "[data-code-picture]") -> str:
    """The code as a camera sees it on the screen."""
    return read_code(page.locator(selector).first.screenshot())


def words(page: Page) -> str:
    return page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("locale", "language", "title"),
    [("ja-JP", "ja", "コーヒーカード"), ("lv-LV", "lv", "Kafijas karte"), ("en-GB", "en", "Coffee card")],
)
def test_one_tap_gives_a_card_in_the_phones_language(
    live_server: LiveServer, new_phone: NewPhone, offer: Offer, locale: str, language: str, title: str
) -> None:
    page = new_phone(base_url=live_server.url, locale=locale, width=360, height=740).page
    page.goto(join_path(offer))
    assert page.locator("html").get_attribute("lang") == language
    assert_accessible(page)

    page.locator("form.form button[value=web]").click()
    page.wait_for_url("**/c/**")

    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").inner_text() == title
    assert_accessible(page)
    assert Card.objects.get().locale == language


def test_the_switcher_changes_the_language_and_keeps_it(page: Page, offer: Offer) -> None:
    page.goto(join_path(offer))
    page.locator(".languages summary").click()
    page.locator(".languages button[value=lv]").click()
    page.wait_for_url(f"**{join_path(offer)}")
    assert page.locator("html").get_attribute("lang") == "lv"

    page.locator("form.form button[value=web]").click()
    page.wait_for_url("**/c/**")

    assert page.locator("html").get_attribute("lang") == "lv"


def test_the_join_page_is_light(page: Page, offer: Offer) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(response.request.sizes()["responseBodySize"]))

    page.goto(join_path(offer), wait_until="networkidle")

    # Uncompressed, as the test's server sends it; compressed it is a third of this.
    assert sum(sizes) < 180_000


def test_the_way_back_from_the_card_does_not_make_a_second_one(page: Page, offer: Offer) -> None:
    page.goto(join_path(offer))
    page.locator("form.form button[value=web]").click()
    page.wait_for_url("**/c/**")
    where = page.url

    page.go_back()
    page.goto(join_path(offer))

    assert page.url == where
    assert Card.objects.count() == 1


def test_an_iphone_gets_the_pass_with_the_same_tap(
    live_server: LiveServer, new_phone: NewPhone, offer: Offer, settings: Settings
) -> None:
    settings.WALLET_OFFER_DEVELOPMENT = True
    lay_development_chain()
    page = new_phone(base_url=live_server.url, user_agent=IPHONE).page
    page.goto(join_path(offer))

    with page.expect_download() as download:
        page.locator("form.form button[value=apple]").click()

    assert download.value.suggested_filename == "card.pkpass"
    assert "/c/" in page.url
    assert page.locator("[data-rotating-code]").count() == 1


def test_the_code_on_the_screen_stamps_the_card_and_the_page_shows_it(page: Page, offer: Offer) -> None:
    card = offer.card()
    page.clock.install()
    page.goto(path_of(card))
    wait_js(page, DRAWN_HERE)
    code = read_screen(page)
    assert "0 of 10 stamps" in words(page)

    scanned = take_scan(
        card.shop.merchant, recognise(card.shop.merchant, code), Purchase(), actor=Actor(source="scanner")
    )

    assert not isinstance(scanned, ScannedReceipt)
    assert scanned.card.stamps == 1
    page.clock.fast_forward(ASKS_EVERY)
    wait_js(page, "document.querySelector('main').innerText.includes('1 of 10 stamps')")
    fresh = read_screen(page)
    assert fresh != code
    assert recognise(card.shop.merchant, fresh).step == card.row.last_step + 1


def test_the_large_code_is_readable_and_closes_at_a_tap(page: Page, offer: Offer) -> None:
    card = offer.card()
    page.goto(path_of(card))
    wait_js(page, DRAWN_HERE)
    page.locator("button[data-shows-big]").click()

    found = recognise(card.shop.merchant, read_code(page.screenshot()))

    assert found.card
    assert found.card.id == card.id
    assert_accessible(page)
    page.locator("dialog.big-code").click(position={"x": 100, "y": 100})
    assert page.locator("dialog.big-code[open]").count() == 0


def test_with_a_reward_ready_the_code_is_still_one_tap_away(page: Page, offer: Offer) -> None:
    card = card_with_reward(offer)
    page.goto(path_of(card))
    wait_js(page, DRAWN_HERE)

    page.locator("a[data-shows-big]").click()

    assert recognise(card.shop.merchant, read_code(page.screenshot())).card


def test_the_card_opens_without_a_connection(live_server: LiveServer, new_phone: NewPhone, offer: Offer) -> None:
    phone = new_phone(base_url=live_server.url)
    phone.watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch")
    page, card = phone.page, offer.card()
    give_stamps(card, 7)
    page.goto(path_of(card))
    wait_js(page, f"({CACHED})('{live_server.url + path_of(card)}')")

    phone.context.set_offline(True)
    page.reload()

    assert "7 of 10 stamps" in words(page)
    assert page.locator(".from-cache-note").is_visible()
    wait_js(page, DRAWN_HERE)
    found = recognise(card.shop.merchant, read_screen(page))
    assert found.card
    assert found.card.id == card.id


def test_using_a_reward_oneself_shows_a_screen_that_moves(page: Page, shop: Shop) -> None:
    card = card_with_reward(shop.publish(**one_reward("self_redeem")))
    page.goto(path_of(card))
    page.get_by_role("link", name="Use the reward").click()
    assert_accessible(page)
    page.get_by_role("link", name="Use now").click()
    assert_accessible(page)
    assert Redemption.objects.count() == 0

    page.get_by_role("button", name="Yes, use it now").click()
    page.wait_for_url(f"**{voucher_path_of(page)}")
    wait_js(page, "/^4:5\\d$/.test(document.querySelector('.ring [data-left]').textContent)")
    assert_accessible(page)
    expect(page.locator(".minute-sign:visible")).to_have_count(1)
    screen = page.locator("[data-live]")
    first = screen.screenshot()
    page.wait_for_timeout(400)
    second = screen.screenshot()

    assert Redemption.objects.count() == 1
    assert share_that_differs(first, second) > 0.02
    page.get_by_role("link", name="Staff: tap here to check").click()
    page.get_by_text("Checked: this voucher was used.").wait_for()
    assert page.locator("[data-live]").count() == 1
    assert_accessible(page)


def voucher_path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+|/use$", "", page.url)


def share_that_differs(first: bytes, second: bytes) -> float:
    """How much of two pictures is not the same."""
    one, other = (Image.open(BytesIO(png)).convert("L") for png in (first, second))
    assert one.size == other.size
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(before - after) > 12 for before, after in pairs) / (one.width * one.height)


def test_after_five_minutes_the_screen_stands_still_and_says_when(page: Page, shop: Shop) -> None:
    card = card_with_reward(shop.publish(**one_reward("self_redeem")))
    where, voucher = voucher_path(card), card.open_vouchers[0]
    hand_over(shop.merchant, voucher.id, path="self_redeem", actor=Actor(source="card"))
    with stopped_at(now() + LIVE):
        page.goto(where)

        assert page.locator("[data-live]").count() == 0
        assert "Used: today at" in words(page)
        assert_accessible(page)


def test_the_till_reads_the_revealed_code_off_the_screen(page: Page, shop: Shop) -> None:
    card = card_with_reward(shop.publish(**one_reward("redeem_code")))
    page.goto(voucher_path(card))
    page.get_by_role("link", name="Show the code at the till").click()
    assert_accessible(page)

    page.get_by_role("button", name="Yes, show the code").click()
    page.locator(".till .code").wait_for()

    assert read_screen(page, ".till .picture") == "FREECOFFEE"
    wait_js(page, "/^2:5\\d$/.test(document.querySelector('.ring [data-left]').textContent)")
    assert_accessible(page)
    with stopped_at(now() + COUNTDOWN):
        page.reload()
        assert "FREECOFFEE" not in words(page)
        assert "Used: today at" in words(page)


def test_every_format_is_read_off_the_screen_of_a_small_phone(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop
) -> None:
    """The longest code that each format is tried with, one of a list, and one that the till asks about."""
    longest = {tried[0]: tried for tried in sorted(DRAWN, key=lambda tried: len(tried[1]))}
    pool = pool_of(shop, code_format="code39", barcode_template="LUME-{code}")
    lay_in(shop, pool, ["KAFE-1"])
    codes = [
        *({"kind": "static", "code": code, "format": code_format} for code_format, code, _symbol in longest.values()),
        {"kind": "pool", "pool_id": public_id("cdp", pool.id)},
        {"kind": "api", "format": "code128"},
    ]
    rewards = [{"name": f"Tea {number}", "path": "redeem_code", "redeem_code": one} for number, one in enumerate(codes)]
    milestones = [{"stamps": number, "reward": reward} for number, reward in enumerate(rewards, 1)]
    card = card_with_reward(shop.publish(goal=len(codes), milestones=milestones, earning=AT_ONCE))
    asked_about = Voucher.objects.get(card_id=card.id, api_code__isnull=False).api_code
    paths = [voucher_path(card, place) for place in range(len(codes))]
    page = new_phone(base_url=live_server.url, width=360, height=640, device_scale_factor=2).page
    read: list[list[tuple[str, str]]] = []

    *shown, without_a_tap = paths  # of each the first that is read: in 150 X this reader sees an EAN-13, too
    for path in shown:
        page.goto(f"{path}/code")
        page.locator("form.button-group button").click()
        read.append(read_codes(page.locator(".till .code").screenshot())[:1])
    page.goto(without_a_tap)
    read.append(read_codes(page.locator(".code .picture").screenshot()))

    assert read == [
        *([as_read(code, symbol)] for _format, code, symbol in longest.values()),
        [("Code39", "LUME-KAFE-1")],
        [("Code128", asked_about)],
    ]


def test_the_voucher_page_shows_by_itself_that_staff_scanned_it(page: Page, shop: Shop) -> None:
    card = card_with_reward(shop.publish(**one_reward("staff_scan")))
    page.clock.install()
    page.goto(voucher_path(card))
    assert_accessible(page)
    found = recognise(shop.merchant, read_screen(page, ".code .picture"))
    assert found.voucher_id == card.open_vouchers[0].id

    hand_over(shop.merchant, card.open_vouchers[0].id, actor=Actor(source="scanner", location_id=shop.location.id))

    page.clock.fast_forward(ASKS_EVERY)
    wait_js(page, "document.querySelector('main').innerText.includes('Used: today at')")


@pytest.mark.parametrize("locale", translated_locales())
@pytest.mark.long
def test_a_used_reward_stays_whole_when_text_is_large(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop, locale: str
) -> None:
    card = card_with_reward(shop.publish(**one_reward("self_redeem")))
    page = new_phone(base_url=live_server.url, locale=locale, width=320, height=640).page
    page.goto(f"{voucher_path(card)}/use")
    page.locator("main form button").first.click()
    expect(page.locator("[data-live]")).to_be_visible()
    faults = faults_of_large_text(page)
    page.goto(f"{path_of(card)}/history")

    assert faults + faults_of_large_text(page) == []


def test_everything_works_without_scripts(live_server: LiveServer, new_phone: NewPhone, shop: Shop) -> None:
    offer = shop.publish(**one_reward("self_redeem"))
    page = new_phone(base_url=live_server.url, java_script_enabled=False).page
    page.goto(join_path(offer))
    page.get_by_role("button", name="Get the card").click()
    row = Card.objects.get()
    card = HeldCard(shop, row.id)
    found = recognise(shop.merchant, read_screen(page))
    assert found.card
    assert found.card.id == row.id
    give_stamps(card, 2)

    page.reload()
    page.get_by_role("link", name="Use the reward").click()
    page.get_by_role("link", name="Use now").click()
    page.get_by_role("button", name="Yes, use it now").click()

    assert "Time of use:" in words(page)
    page.get_by_role("link", name="Staff: tap here to check").click()
    assert "Checked: this voucher was used." in words(page)
    assert Redemption.objects.count() == 1


def test_every_customer_page_fits_and_can_be_used_by_everybody(
    live_server: LiveServer, new_phone: NewPhone, shop: Shop, settings: Settings
) -> None:
    settings.WALLET_OFFER_DEVELOPMENT = True
    widths = (320, 390, 1280)
    phone = new_phone(base_url=live_server.url, width=320, height=800)
    phone.watch.allow("status of 404")
    offer = shop.publish(
        name="Karte ar ļoti garu nosaukumu visai ģimenei",
        design={"background": "#fafafa"},
        earning={"by": "amount", "amount_per_stamp": 2000, "cooldown_seconds": 0},
        asks_for=["name", "email", "birthday"],
    )
    card = card_with_reward(offer)
    slug = shop.merchant.slug

    phone.page.goto(f"{path_of(card)}/google")  # without an account the page says that there is no such wallet
    assert_accessible_at(phone.page, *widths)
    lay_development_chain()
    lay_development_account()
    for path in (
        join_path(offer),
        path_of(card),
        f"{path_of(card)}/history",
        voucher_path(card, 0),
        voucher_path(card, 1),
        f"{voucher_path(card, 0)}/check",
        f"/j/{slug}/nothing",
    ):
        phone.page.goto(path)
        assert_accessible_at(phone.page, *widths)


def test_the_manifest_makes_the_card_installable(page: Page, offer: Offer) -> None:
    card = offer.card()
    page.goto(path_of(card))

    manifest = json.loads(page.request.get(page.locator("link[rel=manifest]").get_attribute("href") or "").text())

    assert manifest["display"] == "standalone"
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    assert zxingcpp.read_barcodes(Image.open(BytesIO(page.request.get(manifest["icons"][0]["src"]).body()))) == []

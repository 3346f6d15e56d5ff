"""The join page: the offer, one tap, one card."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from stampwell.cards.models import Card
from stampwell.clock import now
from stampwell.customers.models import Consent, Customer
from stampwell.merchants.changing import change_messages
from stampwell.programs.models import Program
from tests.kept import made_once
from tests.serving import Product
from tests.wallet.development import lay_development_account, lay_development_chain
from tests.world import Offer, Shop, open_lume

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"})


@pytest.fixture
def wallets(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("wallets")
    settings.WALLET_OFFER_DEVELOPMENT = True
    lay_development_chain()
    lay_development_account()


def address(offer: Offer) -> str:
    return f"/j/{offer.shop.merchant.slug}/{offer.program.slug}"


def form_key(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def tap(client: Client, offer: Offer, **fields: str) -> str:
    """Sends the form of a freshly opened page; returns where that leads."""
    fields.setdefault("key", form_key(client.get(address(offer)).text))
    answer = client.post(address(offer), fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_page_says_the_offer_in_one_sentence(client: Client, offer: Offer) -> None:
    page = client.get(address(offer)).text

    assert "Collect 10 stamps and get: A free coffee" in page
    assert "Coffee card" in page
    assert "Café Lume" in page


def test_the_owners_own_offer_is_shown_in_the_language_it_is_written_in(client: Client, lume: Shop) -> None:
    offer = lume.publish(offer={"en": "Ten coffees, and the next one is on us."})

    assert "Ten coffees, and the next one is on us." in client.get(address(offer)).text


def test_a_goal_of_one_stamp_is_said_in_the_singular(client: Client, lume: Shop) -> None:
    reward = {"name": "Free coffee", "path": "staff_scan"}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])

    assert "Collect 1 stamp and get: Free coffee" in client.get(address(offer)).text


def test_one_tap_gives_a_card(client: Client, offer: Offer) -> None:
    where = tap(client, offer)

    page = client.get(where).text
    card = Card.objects.get(merchant=offer.shop.merchant)
    assert "0 of 10 stamps" in page
    assert f"{card.short_number[:4]} {card.short_number[4:]}" in page


def test_two_taps_give_one_card(offer: Offer) -> None:
    first, second = Client(), Client()
    key = form_key(first.get(address(offer)).text)

    assert tap(first, offer, key=key) == tap(second, offer, key=key)
    assert Card.objects.count() == 1
    assert Customer.objects.count() == 1


def test_a_second_visit_shows_the_card_that_this_phone_has(client: Client, offer: Offer) -> None:
    where = tap(client, offer)

    again = client.get(address(offer))

    assert (again.status_code, again.headers["Location"]) == (303, where)
    assert client.post(address(offer), {"key": "0" * 32}).headers["Location"] == where
    assert Card.objects.count() == 1


def test_another_phone_gets_a_card_of_its_own(offer: Offer) -> None:
    assert tap(Client(), offer) != tap(Client(), offer)


def test_a_cookie_that_somebody_wrote_is_nobodys_card(client: Client, offer: Offer) -> None:
    token = offer.card().url.rsplit("/", 1)[1]
    client.cookies["card"] = f"{token}:forged"

    assert client.get(address(offer)).status_code == 200


def test_the_language_is_the_browsers(client: Client, offer: Offer) -> None:
    page = client.get(address(offer), headers={"Accept-Language": "lv-LV,lv;q=0.9,en;q=0.5"})

    assert '<html lang="lv"' in page.text
    assert "Kafijas karte" in page.text
    assert page.headers["Content-Language"] == "lv"


def test_an_unknown_language_gets_the_shops(client: Client, lume: Shop) -> None:
    lume.merchant.locale = "et"
    lume.merchant.save(update_fields=["locale"])
    offer = lume.publish()

    assert '<html lang="et"' in client.get(address(offer), headers={"Accept-Language": "fr"}).text


def test_a_language_in_the_link_is_kept_until_another_is_chosen(client: Client, offer: Offer) -> None:
    answer = client.get(f"{address(offer)}?lang=ja&from=poster")
    assert answer.headers["Location"] == f"{address(offer)}?from=poster"
    assert '<html lang="ja"' in client.get(address(offer)).text

    client.post("/i18n/setlang/", {"language": "lv", "next": address(offer)})

    assert '<html lang="lv"' in client.get(address(offer)).text


def test_the_card_is_in_the_language_of_the_page(client: Client, offer: Offer) -> None:
    client.get(f"{address(offer)}?lang=ja")

    tap(client, offer)

    assert Card.objects.get().locale == "ja"


def test_only_what_the_shop_asks_for_is_asked(client: Client, lume: Shop) -> None:
    offer = lume.publish(asks_for=["email"])

    page = client.get(address(offer)).text

    assert 'name="email"' in page
    assert 'name="name"' not in page
    assert 'name="birthday"' not in page


def test_contact_details_may_be_left_out(client: Client, lume: Shop) -> None:
    offer = lume.publish(asks_for=["name", "email", "birthday"])

    tap(client, offer, name="", email="", birthday="")

    assert Customer.objects.values_list("name", "email", "birthday").get() == ("", "", None)


def test_contact_details_are_kept_as_given(client: Client, lume: Shop) -> None:
    offer = lume.publish(asks_for=["name", "email", "birthday"])

    tap(client, offer, name="  Cy\u202e  Customer ", email="Cy@Example.com", birthday="1990-02-28")

    customer = Customer.objects.get()
    assert (customer.name, customer.email, str(customer.birthday)) == ("Cy Customer", "cy@example.com", "1990-02-28")


@pytest.mark.parametrize(("field", "wrong"), [("email", "cy@"), ("birthday", "2999-01-01"), ("name", "x" * 101)])
def test_what_cannot_be_right_is_said_beside_the_field(client: Client, lume: Shop, field: str, wrong: str) -> None:
    offer = lume.publish(asks_for=["name", "email", "birthday"])
    key = form_key(client.get(address(offer)).text)

    answer = client.post(address(offer), {"key": key, field: wrong})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert form_key(answer.text) == key
    assert Card.objects.count() == 0


@pytest.fixture
def asking(lume: Shop) -> Offer:
    """It asks for an email address, at a shop that writes to its customers."""
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    return lume.publish(name="Tea card", asks_for=["email"])


def test_without_an_address_to_write_to_nobody_is_asked_for_consent(client: Client, offer: Offer) -> None:
    page = client.get(address(offer)).text

    tap(client, offer, consent="on")

    assert 'name="consent"' not in page
    assert "news and offers" not in page
    assert Consent.objects.count() == 0


def test_where_the_shop_sends_nothing_nobody_is_asked_for_consent(client: Client, lume: Shop, asking: Offer) -> None:
    change_messages(lume.merchant, writes_to_customers=False, actor=lume.actor)

    page = client.get(address(asking)).text
    tap(client, asking, consent="on")

    assert 'name="email"' in page
    assert 'name="consent"' not in page
    assert Consent.objects.count() == 0


def test_consent_is_a_box_of_its_own_and_not_ticked(client: Client, asking: Offer) -> None:
    box = re.search(r"<input[^>]*name=\"consent\"[^>]*>", client.get(address(asking)).text)

    assert box
    assert "checked" not in box[0]


def test_without_the_tick_no_consent_is_recorded(client: Client, asking: Offer) -> None:
    tap(client, asking)

    assert Consent.objects.count() == 0


def test_consent_is_recorded_with_the_words_that_stood_there(client: Client, asking: Offer) -> None:
    client.get(f"{address(asking)}?lang=lv")

    tap(client, asking, consent="on")

    consent = Consent.objects.get()
    shown = Client(headers={"Accept-Language": "lv"}).get(address(asking)).text
    assert (consent.granted, consent.locale) == (True, "lv")
    assert consent.wording in shown


@pytest.mark.usefixtures("wallets")
@pytest.mark.parametrize(
    ("agent", "order"),
    [
        (IPHONE, ["apple", "web"]),
        (ANDROID, ["google", "web"]),
        ("Mozilla/5.0 (Macintosh)", ["web", "apple", "google"]),
    ],
)
def test_each_phone_is_offered_its_own_wallet_first(client: Client, offer: Offer, agent: str, order: list[str]) -> None:
    page = client.get(address(offer), headers={"User-Agent": agent}).text

    assert re.findall(r'name="to" value="(\w+)"', page) == order


def test_without_certificates_the_web_card_alone_is_offered(
    client: Client, offer: Offer, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("bare")

    page = client.get(address(offer), headers={"User-Agent": IPHONE}).text

    assert re.findall(r'name="to" value="(\w+)"', page) == ["web"]


@pytest.mark.usefixtures("wallets")
@pytest.mark.parametrize(("wallet", "agent"), [("apple", IPHONE), ("google", ANDROID)])
def test_the_tapped_wallet_opens_once_over_the_new_card(offer: Offer, wallet: str, agent: str) -> None:
    client = Client(headers={"User-Agent": agent})
    where = tap(client, offer, to=wallet)

    first, second = client.get(where).text, client.get(where).text

    assert f'<meta http-equiv="refresh" content="0; url={where}/{wallet}">' in first
    assert 'http-equiv="refresh"' not in second


def test_a_closed_program_explains_itself(client: Client, offer: Offer) -> None:
    Program.objects.update(closed=now())

    answer = client.get(address(offer))

    assert answer.status_code == 410
    assert "This card is no longer given out." in answer.text
    assert client.post(address(offer), {"key": "0" * 32}).status_code == 410
    assert Card.objects.count() == 0


def test_who_has_the_card_of_a_closed_program_still_reaches_it(client: Client, offer: Offer) -> None:
    where = tap(client, offer)
    Program.objects.update(closed=now())

    assert client.get(address(offer)).headers["Location"] == where


@pytest.mark.parametrize("path", ["/j/nobody/coffee-card", "/j/cafe-lume/nothing"])
def test_an_unknown_shop_or_card_explains_itself(client: Client, offer: Offer, path: str) -> None:
    assert offer.shop.merchant.slug == "cafe-lume"

    answer = client.get(path)

    assert answer.status_code == 404
    assert "There is no card at this address." in answer.text
    assert "ask the staff" in answer.text


def test_a_rivals_program_is_not_this_shops(client: Client, offer: Offer, rossi: Shop) -> None:
    assert client.get(f"/j/{rossi.merchant.slug}/{offer.program.slug}").status_code == 404


def test_a_crowd_behind_one_address_is_let_in_and_a_flood_is_not(offer: Offer) -> None:
    for _ in range(60):
        tap(Client(), offer)

    answer = Client().post(address(offer), {"key": "0" * 32})

    assert answer.status_code == 429
    assert Card.objects.count() == 60


def test_a_forged_form_is_refused(offer: Offer) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(address(offer), {"key": "0" * 32}).status_code == 403
    assert Card.objects.count() == 0


def test_the_page_is_kept_by_nobody(client: Client, offer: Offer) -> None:
    headers = client.get(address(offer)).headers

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_the_pages_own_markup_is_light(client: Client, offer: Offer) -> None:
    assert len(client.get(address(offer)).content) < 16_000


def test_the_card_link_carries_the_shop(client: Client, offer: Offer) -> None:
    assert re.fullmatch(r"/c/cafe-lume/[0-9a-f]{32}", urlsplit(tap(client, offer)).path)


def test_one_form_sent_by_many_hands_at_once_gives_one_card(product: Product) -> None:
    offer = open_lume().publish()
    url = f"{product.url}{address(offer)}"
    first = httpx.get(url)
    fields = {"key": form_key(first.text), "csrfmiddlewaretoken": first.cookies["csrf"]}

    def send(_: int) -> httpx.Response:
        return httpx.post(url, data=fields, cookies={"csrf": first.cookies["csrf"]}, timeout=30)

    with ThreadPoolExecutor(12) as hands:
        answers = list(hands.map(send, range(24)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Card.objects.count() == 1
    assert Customer.objects.count() == 1

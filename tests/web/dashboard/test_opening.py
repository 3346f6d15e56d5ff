"""Opening a shop, and whose desk it is."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.merchants.founding import found_merchant
from stampwell.merchants.models import Merchant, StaffMember, User
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Shop

FORM = {
    "name": "Café Lume",
    "email": "Ada@Lume.example",
    "password": "ten stamps make a coffee",
    "locale": "lv",
    "currency": "EUR",
    "time_zone": "Europe/Riga",
}


@pytest.mark.django_db
def test_a_visitor_sees_what_it_is_and_two_ways_in(visitor: Client) -> None:
    page = visitor.get("/")

    assert page.status_code == 200
    assert 'href="/open-your-shop/"' in page.content.decode()
    assert 'href="/accounts/login/"' in page.content.decode()


@pytest.mark.django_db
def test_one_form_makes_account_and_shop_and_leads_to_the_first_program(visitor: Client) -> None:
    answer = visitor.post("/open-your-shop/", FORM)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/programs/new/")
    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.locale, merchant.currency, merchant.time_zone) == (
        "Café Lume",
        "lv",
        "EUR",
        "Europe/Riga",
    )
    assert EmailAddress.objects.get().email == "ada@lume.example"
    assert visitor.get("/programs/new/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("password", "short", "This password is too short."),
        ("password", "ada@lume.example", "The password is too similar to the"),
        ("email", "ada", "Enter a valid email address."),
        ("name", "\u200b\u200b", "Enter the name of the shop."),
        ("currency", "XXX", "Select a valid choice."),
        ("time_zone", "Mars/Base", "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(
    visitor: Client, field: str, value: str, said: str
) -> None:
    answer = visitor.post("/open-your-shop/", FORM | {field: value})

    assert answer.status_code == 422
    assert said in words(answer)
    assert not User.objects.exists()
    assert not Merchant.objects.exists()


def test_a_known_email_is_told_to_sign_in(visitor: Client, lume: Shop) -> None:
    answer = visitor.post("/open-your-shop/", FORM | {"email": lume.owner.email.upper()})

    assert answer.status_code == 422
    assert "There is already an account with this email." in words(answer)
    assert Merchant.objects.count() == 1


def test_the_password_never_comes_back_to_the_page(visitor: Client, db: None) -> None:
    answer = visitor.post("/open-your-shop/", FORM | {"name": ""})

    assert "ten stamps" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "currency", "zone"),
    [
        ("lv", "EUR", "Europe/Riga"),
        ("ja", "JPY", "Asia/Tokyo"),
        ("kk", "KZT", "Asia/Almaty"),
        ("uz", "UZS", "Asia/Tashkent"),
        ("en-US", "USD", "America/New_York"),
        ("en", "EUR", "Europe/Riga"),
        ("xx;;;", "EUR", "Europe/Riga"),
    ],
)
def test_currency_and_time_zone_are_guessed_from_the_browser(language: str, currency: str, zone: str) -> None:
    page = Client(headers={"accept-language": language}).get("/open-your-shop/").content.decode()

    assert f'value="{currency}" selected' in page
    assert f'value="{zone}" selected' in page


def test_somebody_without_a_shop_is_asked_to_open_one(db: None) -> None:
    desk = DeskClient(User.objects.create_user("new@lume.example", "ten stamps make a coffee"))

    assert desk.open("/").headers["Location"] == "/open-your-shop/"
    assert desk.open("/cards/").headers["Location"] == "/"
    assert desk.send(
        "/open-your-shop/", name="Bakery", locale="en", currency="EUR", time_zone="Europe/Riga"
    ).status_code
    assert Merchant.objects.get().name == "Bakery"


def test_with_two_shops_one_is_chosen_and_the_session_stays_there(desk: DeskClient, lume: Shop) -> None:
    second = found_merchant(name="Bakery", locale="en", currency="EUR", time_zone="Europe/Riga", owner=lume.owner)

    assert "Choose a shop" in words(desk.open("/"))
    desk.send("/shops/chosen/", shop=public_id("mer", second.id))

    page = desk.open("/cards/").content.decode()
    assert "Bakery</title>" in page
    assert "Café Lume</title>" not in page


def test_nobody_chooses_a_shop_where_they_do_not_work(desk: DeskClient, rossi: Shop) -> None:
    answer = desk.send("/shops/chosen/", shop=public_id("mer", rossi.merchant.id))

    assert answer.status_code == 404
    assert "Café Lume" in words(desk.open("/"))


def test_somebody_who_left_is_shut_out_with_the_next_request(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)
    assert bo.open("/cards/").status_code == 200

    StaffMember.objects.filter(merchant=lume.merchant, name="Bo").update(left=now())

    assert bo.open("/cards/").headers["Location"] == "/"


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in(visitor: Client) -> None:
    assert visitor.get("/cards/").headers["Location"] == "/accounts/login/?next=/cards/"

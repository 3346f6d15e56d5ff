"""What a customer's contact data may be is one rule: the API and the join page take and refuse the same."""

from datetime import timedelta

import pytest
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.customers.models import Customer
from stampwell.ids import public_id
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import User
from tests.kept import made_once
from tests.moments import end_of_day
from tests.web.api.client import ApiClient
from tests.world import Offer, Shop

TAKEN = ["anna@example.lv", "ANNA@Example.LV", "ａnna＠example.lv", "\u200eanna@example.lv", "a.b+c@sub.example.com"]
REFUSED = [
    "anna@ex..lv",
    "anna@example.lv.",
    "anna@example.lv>",
    "<anna@example.lv>",
    "a,b@example.lv",
    "anna@example",
    "anna@localhost",
    "anna example@lv.lv",
    "anna@@example.lv",
    "@example.lv",
    "anna@",
    "мария@почта.рф",
    ".anna@example.lv",
    "mailto:anna@example.lv",
    "x" * 250 + "@a.lv",
]


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(asks_for=["name", "email", "birthday"])


def by_the_api(offer: Offer, **customer: str) -> int:
    body = {"program_id": public_id("prg", offer.program.id), "customer": customer}
    return ApiClient(offer.shop.api_key()).post("/cards", body).status


def by_the_join_page(offer: Offer, **customer: str) -> int:
    address = f"/j/{offer.shop.merchant.slug}/{offer.program.slug}"
    return Client().post(address, {"name": "", "email": "", "birthday": "", **customer}).status_code


@pytest.mark.parametrize("email", TAKEN)
def test_an_email_that_works_is_taken_at_both_doors_and_kept_alike(offer: Offer, email: str) -> None:
    assert (by_the_api(offer, email=email), by_the_join_page(offer, email=email)) == (201, 303)

    api, page = Customer.objects.order_by("id").values_list("email", flat=True)
    assert api == page
    assert api in ("anna@example.lv", "a.b+c@sub.example.com")


@pytest.mark.parametrize("email", REFUSED)
def test_an_email_that_cannot_work_is_refused_at_both_doors(offer: Offer, email: str) -> None:
    assert (by_the_api(offer, email=email), by_the_join_page(offer, email=email)) == (422, 422)

    assert not Customer.objects.exists()


def test_an_owner_opens_a_shop_by_the_same_rule(db: None) -> None:
    shop = {"name": "Rossi", "locale": "en", "currency": "EUR", "time_zone": "Europe/Riga"}
    for email in ("anna@localhost", "anna@ex..lv", "мария@почта.рф"):
        fields = {**shop, "email": email, "password": "ten stamps make a coffee"}
        assert Client().post("/open-your-shop/", fields).status_code in (404, 422)

    assert not User.objects.exists()


@pytest.mark.parametrize("day", ["2999-01-01", "1899-12-31", "1800-01-01", "2023-02-29", "1900-02-29", "0001-01-01"])
def test_a_day_that_is_no_birthday_is_refused_at_both_doors(offer: Offer, day: str) -> None:
    assert (by_the_api(offer, birthday=day), by_the_join_page(offer, birthday=day)) == (422, 422)


@pytest.mark.parametrize("day", ["1900-01-01", "2024-02-29", "1990-04-30"])
def test_a_birthday_is_taken_at_both_doors(offer: Offer, day: str) -> None:
    assert (by_the_api(offer, birthday=day), by_the_join_page(offer, birthday=day)) == (201, 303)


def test_today_is_the_shops_today_at_both_doors(offer: Offer) -> None:
    with stopped_at(end_of_day(now(), 0) + timedelta(minutes=5)):  # in Riga it is the next day already
        today = local_day(offer.shop.merchant, now())
        tomorrow = today + timedelta(days=1)

        assert (by_the_api(offer, birthday=str(today)), by_the_join_page(offer, birthday=str(today))) == (201, 303)
        for door in (by_the_api, by_the_join_page):
            assert door(offer, birthday=str(tomorrow)) == 422


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("+371 2000 1234", "+371 2000 1234"),
        ("＋３７１－２０００", "+371-2000"),
        ("\u202a(020) 7946.0958\u202c", "(020) 7946.0958"),
        ("٠٩٠ ١٢٣٤", "090 1234"),
        ("", ""),
    ],
)
def test_a_phone_number_is_kept_in_plain_digits(offer: Offer, phone: str, kept: str) -> None:
    assert by_the_api(offer, phone=phone) == 201
    assert Customer.objects.get().phone == kept


@pytest.mark.parametrize("phone", ["call me", "<script>", "12", "1" * 21, "+371+2000", "2000#1", "1" * 33, "+"])
def test_what_is_no_phone_number_is_refused(offer: Offer, phone: str) -> None:
    assert by_the_api(offer, phone=phone) == 422


@pytest.mark.parametrize(("currency", "status"), [("EUR", 201), ("UZS", 201), ("ABC", 422), ("XXX", 422), ("LVL", 422)])
def test_a_program_counts_in_a_currency_that_there_is(lume: Shop, currency: str, status: int) -> None:
    program = {
        "name": "Card",
        "goal": 1,
        "milestones": [{"stamps": 1, "reward": {"name": "Tea"}}],
        "earning": {"by": "amount", "amount_per_stamp": 500, "currency": currency},
    }

    assert ApiClient(lume.api_key()).post("/programs", program).status == status

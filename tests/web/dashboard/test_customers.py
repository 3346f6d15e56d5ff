"""A customer's own page at the desk."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.customers.models import Customer
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from tests.following import follow_everything
from tests.moments import START
from tests.web.customer import give_stamps
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard


def profile_of(card: HeldCard) -> str:
    return f"/customers/{public_id('cus', card.row.customer_id)}/"


def second_card(card: HeldCard) -> HeldCard:
    """Another card of the same customer."""
    other = card.shop.publish(name="Tea card").card()
    Card._base_manager.filter(id=other.id).update(customer_id=card.row.customer_id)
    return other


def form_of(desk: DeskClient, card: HeldCard) -> dict[str, str]:
    """What the edit form says before anybody types."""
    page = desk.open(f"{profile_of(card)}edit/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return {"seen": seen, "name": "Cy", "email": "cy@lume.example", "phone": "+371 2000 1234", "locale": "en"}


def test_the_page_shows_all_cards_vouchers_and_what_happened(desk: DeskClient, card: HeldCard) -> None:
    give_stamps(card, 6)
    other = second_card(card)
    give_stamps(other, 2)
    follow_everything()

    page = desk.open(profile_of(card))

    text = words(page)
    assert "cy@lume.example" in text
    assert "6 of 10" in text
    assert "2 of 10" in text
    assert "A biscuit Valid until" in text
    assert "Never agreed" in text
    assert len(re.findall(r'href="/journal/\d', page.content.decode())) == 5  # two new cards, two stamps, a voucher
    assert profile_of(card) in desk.open(page_of(card)).content.decode()


def test_a_page_of_history_follows_the_other_over_all_cards(desk: DeskClient, card: HeldCard) -> None:
    other = second_card(card)
    for minute in range(21):
        with stopped_at(START + timedelta(minutes=minute)):
            for one in (card, other):
                add_stamp(card.shop.merchant, one.id, Purchase(count=1, override=True), actor=card.shop.actor)

    first = desk.open(profile_of(card)).content.decode()
    older = desk.open(profile_of(card) + "?before=" + first.split('href="?before=')[1].split("#")[0])

    assert first.count('class="when"') == 40
    assert older.content.decode().count('class="when"') < 40
    assert "A customer got a new card" in words(older)


def test_the_page_asks_as_many_questions_for_three_cards_as_for_one(
    desk: DeskClient, card: HeldCard, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_stamps(card, 6)
    desk.open(profile_of(card))
    with CaptureQueriesContext(connection) as asked:
        desk.open(profile_of(card))
    for_one = len(asked)
    for _more in range(2):
        give_stamps(second_card(card), 6)
    desk.open(profile_of(card))

    with django_assert_num_queries(for_one):
        desk.open(profile_of(card))


def test_what_is_known_is_corrected_and_the_history_says_so(desk: DeskClient, card: HeldCard) -> None:
    fields = form_of(desk, card) | {"name": " Cyrus ", "birthday": "1990-04-30"}

    answer = desk.send(f"{profile_of(card)}edit/", **fields)

    assert (answer.status_code, answer.headers["Location"]) == (302, profile_of(card))
    kept = Customer.objects.get(id=card.row.customer_id)
    assert (kept.name, kept.birthday, kept.phone) == ("Cyrus", date(1990, 4, 30), "+371 2000 1234")
    assert "Several details of the customer were changed" in words(desk.open(profile_of(card)))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "cy@", "valid email"),
        ("phone", "call me", "This can’t be a phone number."),
        ("birthday", "2099-01-01", "This date can’t be a birthday."),
        ("name", "x" * 101, "100"),
        ("locale", "xx", "xx"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    desk: DeskClient, card: HeldCard, field: str, typed: str, said: str
) -> None:
    before = Customer.objects.filter(id=card.row.customer_id).values().get()

    answer = desk.send(f"{profile_of(card)}edit/", **form_of(desk, card) | {field: typed})

    assert answer.status_code == 422
    assert said in words(answer)
    assert Customer.objects.filter(id=card.row.customer_id).values().get() == before


def test_two_who_edit_at_once_do_not_overwrite_each_other_unseen(desk: DeskClient, card: HeldCard) -> None:
    hers = his = form_of(desk, card)
    desk.send(f"{profile_of(card)}edit/", **hers | {"phone": "+371 2000 9999"})

    refused = desk.send(f"{profile_of(card)}edit/", **his | {"name": "Cyrus"})

    assert refused.status_code == 409
    assert "Somebody else has changed this customer" in words(refused)
    assert Customer.objects.get(id=card.row.customer_id).phone == "+371 2000 9999"
    page = refused.content.decode()
    again = his | {"name": "Cyrus", "seen": page.split('name="seen" value="')[1].split('"')[0]}
    assert desk.send(f"{profile_of(card)}edit/", **again).status_code == 302


def test_a_form_without_its_state_changes_nothing(desk: DeskClient, card: HeldCard) -> None:
    fields = form_of(desk, card) | {"name": "Cyrus", "seen": ""}

    assert desk.send(f"{profile_of(card)}edit/", **fields).status_code == 409


def test_a_cashier_looks_and_does_not_edit(card: HeldCard) -> None:
    bo = sign_up_staff(card.shop, StaffMember.Role.CASHIER)

    assert bo.open(profile_of(card)).status_code == 200
    assert "/edit/" not in bo.open(profile_of(card)).content.decode()
    assert bo.open(f"{profile_of(card)}edit/").status_code == 403

"""A customer is shown everything that is known of them, and forgotten, by the people at the desk."""

import json

import pytest
from django.test import Client

from stampwell.cards.erasing import erase_customer
from stampwell.customers.models import Customer
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.web.recent_sign_in import RECENT
from tests.following import follow_everything
from tests.web.customer import give_stamps
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.web.signing_in import sign_in
from tests.world import HeldCard, Shop


@pytest.fixture
def page(card: HeldCard) -> str:
    return f"/customers/{public_id('cus', card.row.customer_id)}/"


def test_before_it_says_what_is_lost(desk: DeskClient, card: HeldCard, page: str) -> None:
    give_stamps(card, 6)

    said = words(desk.open(f"{page}erasure/"))

    assert "1 card with its stamps: it can’t be used any more" in said
    assert "1 reward that is ready to use." in said
    assert "This can’t be undone." in said
    assert Customer.objects.get().name == "Cy"


def test_afterwards_the_customer_is_not_found_and_the_card_says_why(
    desk: DeskClient, card: HeldCard, page: str
) -> None:
    done = desk.send(f"{page}erasure/")
    follow_everything()

    cards, of_card = desk.open(done.headers["Location"]), desk.open(page_of(card))
    assert "The customer’s data has been deleted." in words(cards)
    assert page_of(card) not in cards.content.decode()
    assert desk.open(page).status_code == 404
    assert "This card was deleted, together with the customer’s data." in words(of_card)
    assert "cy@lume.example" not in of_card.content.decode()
    assert "/c/" not in of_card.content.decode()
    assert "A customer’s data was deleted" in words(desk.open("/journal/"))
    for asked in ("?q=cy", f"?q={card.row.short_number}", "?show=new"):
        assert page_of(card) not in desk.open(f"/cards/{asked}").content.decode()


def test_the_same_form_sent_twice_says_the_same(desk: DeskClient, page: str) -> None:
    answers = [desk.send(f"{page}erasure/", once="twice") for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_an_old_session_confirms_first(card: HeldCard, page: str) -> None:
    client = Client()
    sign_in(client, card.shop.owner, seconds_ago=RECENT.total_seconds() + 1)

    answers = [client.post(f"{page}erasure/"), client.get(f"{page}erasure/"), client.get(f"{page}export/")]

    assert all("reauthenticate" in answer["Location"] for answer in answers)
    assert Customer.objects.get().name == "Cy"


def test_a_cashier_erases_nobody_and_exports_nothing(card: HeldCard, page: str) -> None:
    bo = sign_up_staff(card.shop, StaffMember.Role.CASHIER)

    assert [bo.send(f"{page}erasure/").status_code, bo.open(f"{page}export/").status_code] == [403, 403]
    assert "erasure/" not in bo.open(page).content.decode()
    assert Customer.objects.get().name == "Cy"


def test_a_rivals_customer_is_neither_shown_nor_erased(desk: DeskClient, rossi: Shop) -> None:
    theirs = rossi.publish().card(name="Di")
    page = f"/customers/{public_id('cus', theirs.row.customer_id)}/"

    answers = [desk.open(f"{page}erasure/"), desk.send(f"{page}erasure/"), desk.open(f"{page}export/")]

    assert {answer.status_code for answer in answers} == {404}
    assert Customer.objects.get(id=theirs.row.customer_id).name == "Di"


def test_the_file_holds_everything_and_no_key_to_the_card(desk: DeskClient, card: HeldCard, page: str) -> None:
    give_stamps(card, 6)

    answer = desk.open(f"{page}export/")

    told = json.loads(answer.content)
    (of_card,) = told["cards"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (told["customer"]["name"], told["customer"]["email"]) == ("Cy", "cy@lume.example")
    assert [stamp["count"] for stamp in of_card["stamps"]] == [6]
    assert [voucher["state"] for voucher in of_card["vouchers"]] == ["ready"]
    assert [event["type"] for event in of_card["events"]][:2] == ["card.issued", "stamp.added"]
    assert card.url not in answer.content.decode()
    assert card.code not in answer.content.decode()


def test_nothing_is_exported_of_an_erased_customer(desk: DeskClient, card: HeldCard, page: str) -> None:
    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)

    assert [desk.open(f"{page}{part}/").status_code for part in ("export", "erasure")] == [404, 404]

"""A lost card is recovered at the desk."""

from uuid import uuid4

from django.test import Client

from stampwell.cards.links import card_url
from stampwell.events.models import Event
from stampwell.merchants.models import StaffMember
from tests.web.customer import path_of
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Shop


def test_the_card_is_moved_and_its_new_code_is_shown(desk: DeskClient, card: HeldCard) -> None:
    before = words(desk.open(f"{page_of(card)}recovery/"))

    answer = desk.send(f"{page_of(card)}recovery/")

    page = desk.open(answer.headers["Location"])
    assert "Stamps, vouchers and history stay as they are." in before
    assert answer.headers["Location"] == f"{page_of(card)}link/"
    assert "The card has been moved." in words(page)
    assert card_url(card.shop.merchant.slug, card.id, 1) in page.content.decode()
    assert card.url not in page.content.decode()


def test_a_form_that_is_sent_twice_moves_the_card_once(desk: DeskClient, card: HeldCard) -> None:
    key = uuid4().hex

    answers = [desk.send(f"{page_of(card)}recovery/", once=key) for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert card.row.issue == 1


def test_looking_moves_nothing(desk: DeskClient, card: HeldCard) -> None:
    desk.open(f"{page_of(card)}recovery/"), desk.open(f"{page_of(card)}link/")

    assert card.row.issue == 0


def test_the_history_says_it_and_by_whom(desk: DeskClient, card: HeldCard) -> None:
    desk.send(f"{page_of(card)}recovery/")

    page = words(desk.open(page_of(card)))
    assert "The card was moved to a new link" in page
    assert Event.objects.get(type="card.recovered").source == "owner"


def test_a_cashier_moves_no_card(card: HeldCard) -> None:
    bo = sign_up_staff(card.shop, StaffMember.Role.CASHIER)

    assert bo.send(f"{page_of(card)}recovery/").status_code == 403
    assert card.row.issue == 0


def test_a_rivals_card_is_neither_shown_nor_moved(desk: DeskClient, rossi: Shop) -> None:
    theirs = rossi.publish().card()

    assert [desk.open(f"{page_of(theirs)}{page}/").status_code for page in ("link", "recovery")] == [404, 404]
    assert desk.send(f"{page_of(theirs)}recovery/").status_code == 404
    assert theirs.row.issue == 0


def test_the_customers_old_page_says_that_the_card_was_moved(desk: DeskClient, card: HeldCard, client: Client) -> None:
    desk.send(f"{page_of(card)}recovery/")

    page = client.get(path_of(card), headers={"accept-language": "en"})
    assert page.status_code == 410
    assert "This card was moved to a new link." in page.text

"""Whoever works at a scanner says which card is theirs."""

import re

import pytest
from django.http import HttpResponse

from stampwell.cards.own_card_model import OwnCard
from stampwell.cards.own_cards import name_own_card
from stampwell.events.models import DeskChange
from stampwell.merchants.models import StaffMember, Station
from stampwell.vouchers.links import voucher_code
from tests.web.customer import give_stamps
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db
PAGE = "/scanner/own-card"


def said(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_somebody_names_their_own_card_and_the_owner_reads_it(phone: Phone, bo: StaffMember, card: HeldCard) -> None:
    assert PAGE in phone.get().content.decode()

    for _time in range(2):
        assert phone.post(PAGE, number=card.row.short_number).status_code == 302

    row = OwnCard.objects.get()
    assert (row.staff_member_id, row.card_id, row.named_by) == (bo.id, card.id, bo.id)
    number = card.row.short_number
    assert f"This card is known as yours: {number[:4]} {number[4:]}" in said(phone.get(PAGE))
    assert DeskChange.objects.get(kind="person.card_named").staff_member_id == bo.id


def test_the_code_of_the_card_names_it_too(phone: Phone, card: HeldCard) -> None:
    assert phone.post(PAGE, number=card.code).status_code == 302
    assert OwnCard.objects.get().card_id == card.id


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [
        ("", 422, "Number of your card"),
        ("48291314", 404, "This is my card"),
        ("12345678", 404, "This is my card"),
        ("x" * 201, 422, "Number of your card"),
        ("\0", 422, "Number of your card"),
    ],
)
def test_what_is_no_card_of_the_shop_is_refused_and_asked_again(
    phone: Phone, number: str, status: int, says: str
) -> None:
    answer = phone.post(PAGE, number=number)

    assert (answer.status_code, says in said(answer)) == (status, True)
    assert not OwnCard.objects.exists()


def test_the_code_of_a_voucher_is_no_card(phone: Phone, card: HeldCard) -> None:
    give_stamps(card, 10)
    voucher = card.open_vouchers[0]

    answer = phone.post(PAGE, number=voucher_code(voucher.id, voucher.issue))

    assert "This is my card" in said(answer)
    assert not OwnCard.objects.exists()


def test_a_card_of_a_colleague_or_of_another_shop_is_nobodys_to_name(
    phone: Phone, lume: Shop, rossi: Shop, card: HeldCard
) -> None:
    ci, theirs = lume.hire("Ci"), rossi.publish().card()
    name_own_card(lume.merchant, ci.id, card.id, actor=lume.actor)

    answers = [phone.post(PAGE, number=one.row.short_number) for one in (card, theirs)]

    assert [answer.status_code for answer in answers] == [409, 404]
    assert "already known as the own card of somebody else in the team" in said(answers[0])
    assert OwnCard.objects.get().staff_member_id == ci.id


def test_numbers_that_are_tried_out_are_counted_as_guesses(phone: Phone, lume: Shop) -> None:
    for number in ("48291314", "48291322", "48291330") * 11:
        answer = phone.post(PAGE, number=number)

    assert "Too many numbers or codes were tried" in said(answer)
    assert Station.objects.get(merchant=lume.merchant).no_guesses_until is not None


def test_who_has_not_signed_in_names_nothing(lume: Shop, card: HeldCard) -> None:
    phone = Phone(lume).enrol()

    assert phone.post(PAGE, number=card.row.short_number).status_code == 302
    assert not OwnCard.objects.exists()

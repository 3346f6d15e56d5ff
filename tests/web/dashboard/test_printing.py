"""A card for a customer without a phone: made and printed at the desk."""

from datetime import timedelta
from uuid import uuid4

import pytest

from stampwell.cards.models import Card
from stampwell.clock import stopped_at
from stampwell.counter.made_here import SHOWN_FOR
from stampwell.counter.scanning import recognise
from stampwell.customers.models import Customer
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.programs.pausing import end_program, pause_program
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop


def form_of(offer: Offer, **changes: str) -> dict[str, str]:
    return {"program": public_id("prg", offer.program.id), "name": "Cy", "locale": "lv", **changes}


def test_a_card_is_made_and_its_papers_are_offered(desk: DeskClient, offer: Offer) -> None:
    answer = desk.send("/cards/new/", **form_of(offer))

    made = Card.objects.get()
    assert answer.headers["Location"] == f"/cards/{public_id('crd', made.id)}/print/"
    assert (made.locale, Customer.objects.get().name) == ("lv", "Cy")
    assert Event.objects.get(type="card.issued").source == "owner"
    page = desk.open(answer.headers["Location"])
    assert "The card is there. Print it" in words(page)
    assert page.content.decode().count(".pdf") == 4


def test_a_form_that_is_sent_twice_makes_one_card(desk: DeskClient, offer: Offer) -> None:
    key = uuid4().hex

    answers = [desk.send("/cards/new/", once=key, **form_of(offer)) for _tap in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Card.objects.count() == 1


@pytest.mark.parametrize("change", [{"program": ""}, {"program": "prg_x"}, {"name": "x" * 101}, {"locale": "xx"}])
def test_what_cannot_be_is_refused_at_its_field(desk: DeskClient, offer: Offer, change: dict[str, str]) -> None:
    assert desk.send("/cards/new/", **form_of(offer, **change)).status_code == 422
    assert not Card.objects.exists()


def test_a_program_that_gives_no_cards_is_not_offered(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)
    over = lume.publish(name="Tea card")
    end_program(lume.merchant, over.program.id, actor=lume.actor)

    assert "No program gives new cards at the moment" in words(desk.open("/cards/new/"))
    assert [desk.send("/cards/new/", **form_of(one)).status_code for one in (offer, over)] == [422, 422]
    assert not Card.objects.exists()


def test_the_paper_is_in_the_cards_language_and_has_no_place_in_a_cache(desk: DeskClient, card: HeldCard) -> None:
    answer = desk.open(f"{page_of(card)}print/label.pdf")

    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    assert card.row.short_number in answer.headers["Content-Disposition"]
    assert recognise(card.shop.merchant, card.url).refusal is None, "what the paper's code says opens the card"
    assert desk.open(f"{page_of(card)}print/envelope.pdf").status_code == 404
    assert desk.open(f"{page_of(card)}print/label.pdf?language=xx").status_code == 404


def test_a_card_that_was_replaced_is_not_printed(desk: DeskClient, card: HeldCard) -> None:
    Card.objects.filter(id=card.id).update(state="void")

    assert desk.open(f"{page_of(card)}print/label.pdf").status_code == 409
    assert ".pdf" not in desk.open(f"{page_of(card)}print/").content.decode()


def test_a_cashier_makes_and_prints_a_card(offer: Offer) -> None:
    bo = sign_up_staff(offer.shop, StaffMember.Role.CASHIER)

    page = bo.send("/cards/new/", **form_of(offer)).headers["Location"]

    assert bo.open(f"{page}receipt.pdf").status_code == 200


def test_a_cashier_prints_no_card_of_others(card: HeldCard, offer: Offer) -> None:
    bo, eve = (sign_up_staff(offer.shop, StaffMember.Role.CASHIER, f"{name}@lume.example") for name in ("bo", "eve"))
    page = bo.send("/cards/new/", **form_of(offer)).headers["Location"]

    for where in (f"{page_of(card)}print/", page):
        assert [eve.open(f"{where}{paper}").status_code for paper in ("", "label.pdf")] == [403, 403]
    with stopped_at(START + SHOWN_FOR + timedelta(minutes=1)):
        assert bo.open(f"{page}label.pdf").status_code == 403
    assert "Print the card" not in eve.open(page_of(card)).content.decode()

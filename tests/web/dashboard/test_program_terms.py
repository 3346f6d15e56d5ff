"""The sheet before other terms are published at the desk."""

from datetime import date, timedelta
from html import unescape
from re import findall
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.new_terms import earliest_start
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from stampwell.languages.formatting import format_date
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import StaffMember
from stampwell.programs.models import Program
from tests.jobs.conftest import queue as queue
from tests.kept import made_once
from tests.web.dashboard.desk import Answer, DeskClient, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 30})


@pytest.fixture
def cards(offer: Offer) -> list[HeldCard]:
    return [stamped(offer, count) for count in (0, 3, 8, 8, 9)]


def stamped(offer: Offer, count: int) -> HeldCard:
    card = offer.card()
    if count:
        add_stamp(offer.shop.merchant, card.id, Purchase(count=count), actor=offer.shop.actor)
    return card


def edit_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/edit/"


def page_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/"


def answer_sheet(desk: DeskClient, offer: Offer, sheet: Answer, **chosen: Any) -> Answer:
    """Sends the sheet as a browser would: with all that it holds."""
    held = findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', sheet.content.decode())
    fields: dict[str, Any] = {name: unescape(value) for name, value in held if name != "once"}
    return desk.send(edit_of(offer), **fields, **chosen)


def present_goal(offer: Offer) -> int:
    return Offer(offer.shop, Program.objects.get(id=offer.program.id)).terms.goal


def test_the_sheet_says_what_changes_for_whom(desk: DeskClient, offer: Offer, cards: list[HeldCard]) -> None:
    sheet = desk.publish(edit_of(offer), goal="8")

    said = words(sheet)
    assert sheet.status_code == 200
    assert "5 customers have this card." in said
    assert "Stamps on the card 10 stamps 8 stamps Better" in said
    assert "If everybody gets it: 3 rewards become ready now." in said
    assert "Stamps Cards 0 1 3 1 8 2 9 1" in said
    assert present_goal(offer) == 10


def test_everybody_gets_what_is_better_and_the_page_says_how_far_it_is(
    queue: None, desk: DeskClient, offer: Offer, cards: list[HeldCard]
) -> None:
    sheet = desk.publish(edit_of(offer), goal="8")

    answer = answer_sheet(desk, offer, sheet, apply=["new_rounds", "everybody"])  # a button is behind what is chosen

    assert answer.status_code == 302
    assert "Customers’ cards are getting the present terms: 0 of 0." in words(desk.open(page_of(offer)))
    JobWorker(KINDS).empty_the_queue()
    said = words(desk.open(page_of(offer)))
    assert "The present terms were given to 5 cards that customers had. 3 rewards became ready by that." in said
    assert [card.row.goal for card in cards] == [8] * 5


def test_new_rounds_only_leaves_cards_as_they_are(desk: DeskClient, offer: Offer, cards: list[HeldCard]) -> None:
    sheet = desk.publish(edit_of(offer), goal="8")

    assert answer_sheet(desk, offer, sheet, apply="new_rounds").status_code == 302

    assert (present_goal(offer), cards[0].row.goal) == (8, 10)


def test_what_is_worse_can_only_be_announced(desk: DeskClient, offer: Offer, cards: list[HeldCard]) -> None:
    sheet = desk.publish(edit_of(offer), goal="12")
    assert 'value="new_rounds"' not in sheet.content.decode()
    assert 'value="everybody"' not in sheet.content.decode()
    assert "it can begin in 14 days at the earliest" in words(sheet)
    first = local_day(offer.shop.merchant, earliest_start(offer.shop.merchant, now()))
    assert f'value="{first.isoformat()}"' in sheet.content.decode()

    for starts in ("", date(9999, 12, 31), first - timedelta(days=1)):
        refused = answer_sheet(desk, offer, sheet, apply="at", starts=str(starts))
        assert refused.status_code == 422
    assert f"Choose {format_date(first)} or a later day." in words(refused)
    assert answer_sheet(desk, offer, sheet, apply="everybody", starts=first.isoformat()).status_code == 422
    assert answer_sheet(desk, offer, sheet, apply="at", starts=first.isoformat()).status_code == 302

    assert present_goal(offer) == 10
    notice = "a new round takes 12 stamps for: A free coffee."
    assert notice in words(desk.open(page_of(offer)))
    assert notice in words(Client(headers={"accept-language": "en"}).get(urlsplit(cards[0].url).path))


def test_what_was_announced_is_taken_back_by_a_manager(
    desk: DeskClient, lume: Shop, offer: Offer, cards: list[HeldCard]
) -> None:
    first = local_day(lume.merchant, earliest_start(lume.merchant, now()))
    answer_sheet(desk, offer, desk.publish(edit_of(offer), goal="12"), apply="at", starts=first.isoformat())
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)
    assert bo.send(f"{page_of(offer)}announced/").status_code == 403
    assert "Other terms are announced for" in words(desk.publish(edit_of(offer), goal="8"))

    answer = desk.send(f"{page_of(offer)}announced/")

    assert answer.status_code == 302
    assert "a new round takes" not in words(desk.open(page_of(offer)))
    said = words(desk.open("/settings/changes/"))
    assert "Other terms of the program “Coffee card” were announced." in said
    assert "Announced terms of the program “Coffee card” were taken back." in said
    journal = words(desk.open("/journal/"))
    assert "New terms announced for" in journal
    assert "Announced terms taken back: Coffee card" in journal


@pytest.mark.parametrize("fields", [{"background": "#123456"}, {"name": "Another name"}])
def test_what_is_no_term_is_published_without_a_question(
    desk: DeskClient, offer: Offer, cards: list[HeldCard], fields: dict[str, str]
) -> None:
    assert desk.publish(edit_of(offer), goal="10", **fields).status_code == 302


def test_where_nobody_has_a_card_nothing_is_asked(desk: DeskClient, offer: Offer) -> None:
    assert desk.publish(edit_of(offer), goal="12").status_code == 302
    assert present_goal(offer) == 12


def test_the_sheet_and_the_program_say_how_many_are_told_by_mail(queue: None, desk: DeskClient, offer: Offer) -> None:
    for name in ("al", "bo"):
        offer.card(email=f"{name}@lume.example")
    offer.card()

    sheet = desk.publish(edit_of(offer), goal="12")
    first = local_day(offer.shop.merchant, earliest_start(offer.shop.merchant, now()))
    answer_sheet(desk, offer, sheet, apply="at", starts=first.isoformat())
    JobWorker(KINDS).empty_the_queue()

    assert "2 customers are told by email, too." in words(sheet)
    assert "2 customers were told by email." in words(desk.open(page_of(offer)))

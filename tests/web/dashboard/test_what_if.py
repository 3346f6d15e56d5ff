"""The page on which an owner tries other terms on the stamps of the last months."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.replaying import MOST_OF_CARD
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.languages.formatting import format_date
from stampwell.languages.period_names import name_days
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import StaffMember
from tests.kept import made_once
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Offer, Shop


def page_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/what-if/"


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    offer = lume.publish()
    for count in (3, 8, 9):
        add_stamp(lume.merchant, offer.card().id, Purchase(count=count), actor=lume.actor)
    return offer


def test_the_page_says_how_many_rewards_more_and_about_how_much(desk: DeskClient, offer: Offer) -> None:
    page = words(desk.open(f"{page_of(offer)}?goal=8&cost=1,50"))

    assert "You would have given 2 rewards more. That is about €3.00." in page
    assert "Present terms 2 The terms you entered 4" in page
    assert "Nobody can tell" in page


def test_the_period_is_told_as_the_days_that_were_read(desk: DeskClient, offer: Offer) -> None:
    first = format_date(local_day(offer.shop.merchant, START))
    assert f"Period: since {first}, the day of the first stamp" in words(desk.open(page_of(offer)))

    with stopped_at(START + timedelta(days=100)):
        page = words(desk.open(page_of(offer)))

    today = local_day(offer.shop.merchant, START) + timedelta(days=100)
    days = " ".join(name_days(today - timedelta(days=91), today).split())
    assert f"Period: {days}" in page


def test_a_program_without_a_stamp_says_so(desk: DeskClient, lume: Shop) -> None:
    assert "No stamp has been given yet." in words(desk.open(page_of(lume.publish())))


def test_it_begins_with_the_present_terms(desk: DeskClient, offer: Offer) -> None:
    page = desk.open(page_of(offer))

    assert "You would have given as many rewards as under the present terms." in words(page)
    assert 'name="goal" value="10"' in page.content.decode()


@pytest.mark.parametrize("asked", ["goal=0", "goal=101", "goal=x", "months=7", "cost=-1", "daily_cap=0", "goal=%00"])
def test_what_cannot_be_is_said_beside_its_field(desk: DeskClient, offer: Offer, asked: str) -> None:
    answer = desk.open(f"{page_of(offer)}?{asked}")

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_cashier_does_not_see_it(lume: Shop, offer: Offer) -> None:
    assert sign_up_staff(lume, StaffMember.Role.CASHIER).open(page_of(offer)).status_code == 403


def test_the_sheet_says_it_of_the_proposed_terms(desk: DeskClient, offer: Offer) -> None:
    path = f"/programs/{public_id('prg', offer.program.id)}/edit/"

    assert "You would have given 2 rewards more." in words(desk.publish(path, goal="8"))
    by_amount = words(desk.publish(path, goal="8", earning_by="amount", amount_per_stamp="5"))
    assert "You would have given" not in by_amount


def test_cards_that_are_left_out_are_told(desk: DeskClient, offer: Offer) -> None:
    busy = offer.card()
    Card.objects.filter(id=busy.id).update(revision=MOST_OF_CARD + 1)

    assert "1 card with very many stamps was not counted." in words(desk.open(page_of(offer)))

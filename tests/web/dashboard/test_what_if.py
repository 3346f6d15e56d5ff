"""The page on which an owner tries other terms on the stamps of the last months."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from stampwell.cards import discount_costs
from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.replaying import MOST_OF_CARD, Sample, read_sample
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
from tests.web.dashboard.test_queries_of_lists import questions
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

    later = START + timedelta(days=100)
    with stopped_at(later):
        page = words(desk.open(page_of(offer)))

    today = local_day(offer.shop.merchant, later)
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


def test_it_says_what_discounts_would_have_cost_by_the_amounts_that_are_known(desk: DeskClient, lume: Shop) -> None:
    tenth = {"kind": "percentage", "percent": 10}
    bun = {"stamps": 1, "reward": {"name": "Bun", "discount": {"kind": "amount", "amount": 50}}}
    offer = lume.publish(goal=2, milestones=[bun, {"stamps": 2, "reward": {"name": "Tea", "discount": tenth}}])
    for amount in (1000, 3000, None):
        add_stamp(lume.merchant, offer.card().id, Purchase(count=2, amount=amount), actor=lume.actor)

    present = words(desk.open(page_of(offer)))
    other = words(desk.open(f"{page_of(offer)}?takes_off=amount&off_amount=4&off_minimum=20"))
    none = words(desk.open(f"{page_of(offer)}?takes_off="))

    assert "Present terms 6 €7.50 The terms you entered 6 €7.50" in present
    assert "counted by 2 purchases whose amounts are known, as if every reward had been used." in present
    assert "1 purchase without an amount is left out of that." in present
    assert "Present terms 6 €7.50 The terms you entered 6 €13.50" in other
    assert "Present terms 6 €7.50 The terms you entered 6 €1.50" in none


def test_it_says_where_nobody_can_tell_what_a_discount_would_have_cost(desk: DeskClient, lume: Shop) -> None:
    free = {"kind": "free_item", "skus": ["tea"], "excluded_skus": ["tin"]}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", "discount": free}}])
    add_stamp(lume.merchant, offer.card().id, Purchase(), actor=lume.actor)

    present = words(desk.open(page_of(offer)))
    other = words(desk.open(f"{page_of(offer)}?takes_off=percentage&off_percent=10"))

    assert "Present terms 1 – The terms you entered 1 –" in present
    assert "A free item is not counted as a discount: nobody knows what was in the purchases." in present
    assert "No purchase has an amount, so nobody can tell what a discount would have cost." in other
    assert desk.open(f"{page_of(offer)}?takes_off=percentage").status_code == 422


def test_it_tells_how_many_purchases_there_are_where_it_looked_at_a_part(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_in_ten(*asked: Any, **limits: Any) -> Sample:
        """Of cards that are all among those that are looked at."""
        return replace(read_sample(*asked, **limits), one_in=10)

    monkeypatch.setattr(discount_costs, "read_sample", one_in_ten)
    tenth = {"kind": "percentage", "percent": 10}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", "discount": tenth}}])
    for amount in (1000, 3000, None):
        add_stamp(lume.merchant, offer.card().id, Purchase(amount=amount), actor=lume.actor)

    page = words(desk.open(page_of(offer)))

    assert "counted by 20 purchases whose amounts are known" in page
    assert "10 purchases without an amount are left out of that." in page
    assert "Present terms 3 €6.00" in page


def test_prizes_of_a_draw_are_counted_by_their_chances(desk: DeskClient, lume: Shop) -> None:
    tenth = {"kind": "percentage", "percent": 10}
    cake = {"odds": 2_500, "reward": {"name": "A cake", "discount": tenth}}
    napkin = {"odds": 7_500, "reward": {"name": "A napkin"}}
    bun = {"stamps": 1, "reward": {"name": "Bun", "discount": {"kind": "amount", "amount": 50}}}
    draw = {"stamps": 2, "reward": {"name": "A prize", "draw": {"prizes": [cake, napkin]}}}
    alone, beside = lume.publish(goal=2, milestones=[draw]), lume.publish(goal=2, milestones=[bun, draw])
    for offer in (alone, beside):
        add_stamp(lume.merchant, offer.card().id, Purchase(count=4, amount=1000), actor=lume.actor)

    by_draw, with_a_rule = words(desk.open(page_of(alone))), words(desk.open(page_of(beside)))
    instead = words(desk.open(f"{page_of(alone)}?takes_off=amount&off_amount=4"))

    assert "Present terms 2 €0.50 The terms you entered 2 €0.50" in by_draw
    assert "Prizes are counted by their chances, as if everybody drew and none ran out." in by_draw
    assert "Present terms 4 €1.50 The terms you entered 4 €1.50" in with_a_rule
    assert "Present terms 2 €0.50 The terms you entered 2 €8.00" in instead


def test_it_asks_as_often_for_many_discounts_as_for_none(desk: DeskClient, lume: Shop) -> None:
    def step(stamps: int, **reward: object) -> dict[str, object]:
        return {"stamps": stamps, "reward": {"name": f"Bun {stamps}", **reward}}

    off = {"discount": {"kind": "amount", "amount": 50}}
    one = lume.publish(goal=5, milestones=[*(step(count) for count in range(1, 5)), step(5, **off)])
    many = lume.publish(goal=5, milestones=[step(count, **off) for count in range(1, 6)])
    asked = questions(desk, [page_of(one), page_of(many)])

    assert len(set(asked.values())) == 1


def test_the_sheet_counts_a_discount_that_is_proposed(desk: DeskClient, offer: Offer) -> None:
    add_stamp(offer.shop.merchant, offer.card().id, Purchase(count=10, amount=2000), actor=offer.shop.actor)
    path = f"/programs/{public_id('prg', offer.program.id)}/edit/"
    rule = {"goal-reward-takes_off": "percentage", "goal-reward-off_percent": "10"}

    sheet = words(desk.publish(path, **rule))

    assert "Discounts under the present terms – Discounts under the new terms €2.00" in sheet

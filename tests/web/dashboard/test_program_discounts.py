"""What a reward takes off a purchase, set in the guided form and told on the page of the program."""

from datetime import timedelta
from typing import Any

import pytest

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.formatting import format_start
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage, read_rule
from stampwell.programs.models import Program, SavedDraft
from stampwell.programs.terms import RewardTerms, terms_of
from tests.moments import RIGA
from tests.web.dashboard.desk import PROGRAM, DeskClient, words
from tests.web.dashboard.test_program_drafts import held, save
from tests.world import Shop

pytestmark = pytest.mark.django_db


def coffee(shop: Shop) -> RewardTerms:
    program = Program.objects.get(merchant=shop.merchant)
    return terms_of(shop.merchant.id, program.current_version_id).milestones[-1].reward


def off(**fields: str) -> dict[str, Any]:
    return {f"goal-reward-{name}": value for name, value in fields.items()}


RULES: list[tuple[dict[str, str], DiscountRule, list[str]]] = [
    (
        {"takes_off": "amount", "off_amount": "2,50", "off_minimum": "10", "off_percent": "x"},
        AmountOff(amount=250, minimum_spend=1000),
        ["It takes €2.50 off the purchase.", "For purchases of €10.00 or more."],
    ),
    (
        {
            "takes_off": "percentage",
            "off_percent": "15",
            "off_most": "5",
            "off_not_categories": "Gift cards",
            "off_alone": "on",
        },
        Percentage(percent=15, maximum_discount=500, excluded_categories=["Gift cards"], one_per_basket=True),
        ["It takes 15% off the purchase.", "It takes off €5.00 at most.", "Not for: Gift cards."],
    ),
    (
        {"takes_off": "free_item", "off_categories": "Cakes\r\n Teas, cold \r\n\r\nCakes", "off_not_items": "T-9"},
        FreeItem(categories=["Cakes", "Teas, cold"], excluded_skus=["T-9"]),
        ["One of these is free: Cakes or Teas, cold."],
    ),
]


@pytest.mark.parametrize(("typed", "rule", "said"), RULES)
def test_a_discount_is_set_in_the_form_and_told_in_words(
    desk: DeskClient, lume: Shop, typed: dict[str, str], rule: DiscountRule, said: list[str]
) -> None:
    preview = desk.send("/programs/preview/", **(PROGRAM | off(**typed)))
    program = desk.publish(**off(**typed)).headers["Location"]

    assert read_rule(coffee(lume).discount) == rule
    assert 'id="goal-reward-discount-said" hx-swap-oob="true">' + " · ".join(said) in preview.content.decode()
    for page in (preview, desk.open(program)):
        assert " ".join(said) in words(page)


@pytest.mark.parametrize(("typed", "rule", "_said"), RULES)
def test_a_discount_stays_where_the_form_is_opened_and_sent_again(
    desk: DeskClient, lume: Shop, typed: dict[str, str], rule: DiscountRule, _said: list[str]
) -> None:
    edit = desk.publish(**off(**typed)).headers["Location"] + "edit/"
    before = coffee(lume)

    again = desk.send(edit, **held(desk.open(edit)))

    assert again.status_code == 302
    assert coffee(lume).id != before.id
    assert read_rule(coffee(lume).discount) == rule


def test_a_discount_that_is_taken_out_is_gone(desk: DeskClient, lume: Shop) -> None:
    edit = desk.publish(**off(takes_off="percentage", off_percent="15")).headers["Location"] + "edit/"

    desk.send(edit, **held(desk.open(edit)) | off(takes_off=""))

    assert coffee(lume).discount is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"takes_off": "amount"}, "This field is required."),
        ({"takes_off": "amount", "off_amount": "-1"}, "Enter the amount in digits"),
        ({"takes_off": "percentage", "off_percent": "101"}, "less than or equal to 100"),
        ({"takes_off": "percentage", "off_percent": ""}, "This field is required."),
        ({"takes_off": "free_item", "off_categories": " "}, "Name a category or an item number of your till"),
        ({"takes_off": "free_item", "off_items": "x" * 101}, "Enter at most 50 names of up to 100 letters"),
        ({"takes_off": "free_item", "off_items": "a\tb"}, "Enter at most 50 names of up to 100 letters"),
        ({"takes_off": "free_item", "off_items": "\n".join(map(str, range(51)))}, "Enter at most 50 names"),
        ({"takes_off": "gift"}, "Select a valid choice."),
    ],
)
def test_a_discount_that_is_none_is_refused_beside_its_field(
    desk: DeskClient, typed: dict[str, str], said: str
) -> None:
    answer = desk.publish(**off(**typed))

    assert answer.status_code == 422
    assert said in words(answer)
    assert "<details open>" in answer.content.decode()
    assert not Program.objects.exists()
    assert desk.send("/programs/preview/", **(PROGRAM | off(**typed))).status_code == 200


def test_what_nothing_is_taken_off_for_is_not_asked_for(desk: DeskClient, lume: Shop) -> None:
    desk.publish(**off(takes_off="", off_amount="much", off_percent="200"))

    assert coffee(lume).discount is None


def test_a_draft_keeps_as_many_names_as_a_discount_can_have(desk: DeskClient) -> None:
    names = "\r\n".join(f"{number:02}" + "x" * 98 for number in range(50))

    draft = desk.open(save(desk, **off(takes_off="free_item", off_items=names)))

    assert "It is complete and can be published." in words(draft)
    assert SavedDraft.objects.get().fields["goal-reward-off_items"] == [names]


def test_the_page_of_a_program_tells_all_that_is_set_of_a_reward(desk: DeskClient, lume: Shop) -> None:
    begins = start_of_day(lume.merchant, local_day(lume.merchant, now()) + timedelta(days=10))
    tea = {
        "name": "Tea",
        "path": "self_redeem",
        "active_from": begins,
        "from_next_visit": True,
        "grace_days": 3,
        "remind_days_before": 5,
        "discount": {"kind": "amount", "amount": 250, "one_per_basket": True},
    }
    bike = {"name": "A bicycle", "path": "staff_scan", "confirmed_by": "manager"}
    offer = lume.publish(goal=4, milestones=[{"stamps": 2, "reward": bike}, {"stamps": 4, "reward": tea}])

    said = words(desk.open(f"/programs/{public_id('prg', offer.program.id)}/"))

    assert "Not together with another reward in one purchase." in said
    assert "Only from the next visit Yes" in said
    assert f"First day {format_start(begins, RIGA)}" in said
    assert "Days of grace 3" in said
    assert "Reminder (days before the end) 5" in said
    assert "Who confirms its use Your staff, with a scan and the PIN of a manager" in said
    assert "Who confirms its use The customer, on their own phone" in said

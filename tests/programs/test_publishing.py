from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stampwell.clock import stopped_at
from stampwell.languages.formatting import End
from stampwell.merchants.hours import HoursUnclear
from stampwell.programs.models import Program
from stampwell.programs.refusals import (
    EarningUnclear,
    FreeItemUnnamed,
    MilestonesUnclear,
    NeverUsable,
    RedeemCodeMissing,
)
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.refusal import NotFound, Refusal
from stampwell.wallet.content import design_of
from stampwell.wallet.look.design import CardDesign
from tests.world import BISCUIT, Shop

TEA = {"stamps": 10, "reward": {"name": "Tea"}}
UNNAMED = {"kind": "free_item", "one_per_basket": True}


def test_a_program_gets_a_join_link_made_of_its_name(lume: Shop) -> None:
    assert lume.publish(name={"en": "Coffee & Cake", "lv": "Kafija"}).program.slug == "coffee-cake"


def test_a_program_without_a_design_looks_as_cards_look_without_one(lume: Shop) -> None:
    assert design_of(lume.merchant.id, lume.publish().terms.version_id) == CardDesign()


def test_two_programs_of_one_name_get_different_links(lume: Shop) -> None:
    assert [lume.publish().program.slug, lume.publish().program.slug] == ["coffee-card", "coffee-card-2"]


def test_a_published_version_is_followed_by_the_next(lume: Shop) -> None:
    offer = lume.publish()

    again = lume.publish(offer.program, goal=5, milestones=[BISCUIT])

    assert (again.terms.number, again.terms.goal) == (2, 5)
    assert again.program.slug == offer.program.slug


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"milestones": [BISCUIT]}, MilestonesUnclear),
        ({"milestones": [TEA, TEA]}, MilestonesUnclear),
        ({"milestones": [{"stamps": 11, "reward": {"name": "Tea"}}]}, MilestonesUnclear),
        ({"earning": {"by": "amount"}}, EarningUnclear),
        ({"milestones": [{"stamps": 10, "reward": {"name": "Tea", "path": "redeem_code"}}]}, RedeemCodeMissing),
        ({"milestones": [{"stamps": 10, "reward": {"name": "Tea", "discount": UNNAMED}}]}, FreeItemUnnamed),
    ],
)
def test_an_unclear_program_is_not_published(lume: Shop, changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        lume.publish(**changes)


def test_a_code_that_the_format_cannot_hold_is_refused(lume: Shop) -> None:
    code = {"kind": "static", "code": "FREECOFFEE", "format": "ean13"}

    with pytest.raises(CodeDoesNotFit):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", "path": "redeem_code", "redeem_code": code}}])


NOON = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)  # a Monday, noon in Riga


@pytest.mark.parametrize(
    "reward",
    [
        {"valid_until": NOON},
        {"valid_until": NOON - timedelta(days=1), "valid_days": 30},
        {"valid_until": NOON + timedelta(hours=1), "active_after_seconds": 3600},
        {"valid_until": NOON + timedelta(hours=1), "active_from": NOON + timedelta(hours=1)},
        {"valid_until": NOON + timedelta(hours=12), "from_next_visit": True},
        {"valid_until": NOON + timedelta(hours=11), "weekdays": [2]},
        {"valid_until": NOON + timedelta(hours=10), "hours": [["22:00", "02:00"]]},
        {"valid_until": NOON + timedelta(days=1), "weekdays": [1], "hours": [["08:00", "12:00"]]},
    ],
)
@pytest.mark.moment(NOON)
def test_a_reward_that_nobody_could_ever_use_is_refused(lume: Shop, reward: dict[str, Any]) -> None:
    with stopped_at(NOON), pytest.raises(NeverUsable) as refused:
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", **reward}}])

    assert refused.value.facts == {"until": End(reward["valid_until"])}
    assert not Program.objects.exists()


@pytest.mark.parametrize(
    "reward",
    [
        {"valid_until": NOON + timedelta(seconds=1)},
        {"valid_until": NOON + timedelta(hours=1, seconds=1), "active_after_seconds": 3600},
        {"valid_until": NOON + timedelta(hours=1, seconds=1), "active_from": NOON + timedelta(hours=1)},
        {"valid_until": NOON + timedelta(hours=12, seconds=1), "from_next_visit": True},
        {"valid_until": NOON + timedelta(hours=12, minutes=1), "weekdays": [2]},
        {"valid_until": NOON + timedelta(hours=10, minutes=1), "hours": [["22:00", "02:00"]]},
        {"weekdays": [1], "hours": [["22:00", "02:00"]]},
    ],
)
@pytest.mark.moment(NOON)
def test_a_reward_that_can_still_be_used_is_published(lume: Shop, reward: dict[str, Any]) -> None:
    with stopped_at(NOON):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", **reward}}])


@pytest.mark.parametrize("span", [["08:00", "08:00"], ["24:00", "02:00"]])
def test_hours_that_hold_no_minute_are_refused(lume: Shop, span: list[str]) -> None:
    with pytest.raises(HoursUnclear):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", "hours": [["10:00", "12:00"], span]}}])


def test_a_reward_cannot_name_another_merchants_location(lume: Shop, rossi: Shop) -> None:
    there = [f"loc_{rossi.location.id.hex}"]

    with pytest.raises(NotFound):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", "location_ids": there}}])

from typing import Any

import pytest

from stampwell.programs.codes import CodeDoesNotFit
from stampwell.programs.drafting import EarningUnclear, MilestonesUnclear, RedeemCodeMissing
from stampwell.refusal import NotFound, Refusal
from tests.world import BISCUIT, Shop

TEA = {"stamps": 10, "reward": {"name": "Tea"}}


def test_a_program_gets_a_join_link_made_of_its_name(lume: Shop) -> None:
    assert lume.publish(name={"en": "Coffee & Cake", "lv": "Kafija"}).program.slug == "coffee-cake"


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
    ],
)
def test_an_unclear_program_is_not_published(lume: Shop, changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        lume.publish(**changes)


def test_a_code_that_the_format_cannot_hold_is_refused(lume: Shop) -> None:
    code = {"kind": "static", "code": "FREECOFFEE", "format": "ean13"}

    with pytest.raises(CodeDoesNotFit):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", "path": "redeem_code", "redeem_code": code}}])


def test_a_reward_cannot_name_another_merchants_location(lume: Shop, rossi: Shop) -> None:
    there = [f"loc_{rossi.location.id.hex}"]

    with pytest.raises(NotFound):
        lume.publish(milestones=[{"stamps": 10, "reward": {"name": "Tea", "location_ids": there}}])

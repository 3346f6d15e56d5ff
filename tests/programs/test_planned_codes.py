"""New terms are held against the codes that are planned to follow theirs."""

from typing import Any

import pytest

from stampwell.merchants.models import Location
from stampwell.programs.models import ProgramVersion
from stampwell.programs.successor_refusals import CodeReplaced, NextCodeDoesNotFit
from stampwell.redeem_codes.formats import find_check_digit
from tests.programs.test_replacing_codes import TODAY, mill, plan
from tests.vouchers.test_codes_by_location import loc, tea
from tests.world import Shop

pytestmark = pytest.mark.django_db
LONGER = "NEWTEA-OF-2026"  # than what it follows
__all__ = ["mill"]  # a fixture


def ean(text: str) -> str:
    return text + find_check_digit(text)


def shown_as(code_format: str, template: str = "{code}", place: Location | None = None) -> list[dict[str, Any]]:
    """The milestones of terms that show the code, or have it at that location alone."""
    reward = tea({loc(place): ean("400638133393")}) if place else tea({})
    code = {"format": code_format, "barcode_template": template}
    reward["redeem_code"] |= code | {"code": ean("1" * 12) if place else ean("400638133393")}
    return [{"stamps": 1, "reward": reward}]


@pytest.mark.parametrize("is_at_a_place", [False, True])
def test_terms_that_cannot_show_what_is_planned_are_not_published(
    lume: Shop, mill: Location, is_at_a_place: bool
) -> None:
    place = mill if is_at_a_place else None
    old = lume.publish(goal=1, milestones=shown_as("code128", place=place))
    plan(old, LONGER, place=place)
    before = ProgramVersion.objects.count()

    with pytest.raises(NextCodeDoesNotFit) as refused:
        lume.publish(old.program, goal=1, milestones=shown_as("ean13", place=place))
    with pytest.raises(NextCodeDoesNotFit):
        lume.publish(goal=1, milestones=shown_as("code128", "LOYALTY-26:{code}", place=place))

    facts = {"code": ean("400638133393"), "next_code": LONGER, "format": "EAN-13"}
    assert (refused.value.facts, ProgramVersion.objects.count()) == (facts, before)
    lume.publish(old.program, goal=1, milestones=shown_as("qr", "https://till.example/{code}", place=place))


def test_of_what_is_shown_by_now_only_what_is_still_to_come_has_to_fit(lume: Shop) -> None:
    old = lume.publish(goal=1, milestones=shown_as("code128"))
    plan(old, "NEWTEA", day=TODAY)
    plan(old, ean("2" * 12))
    milestones = shown_as("ean13")

    with pytest.raises(CodeReplaced):
        lume.publish(old.program, goal=1, milestones=milestones)
    milestones[0]["reward"]["redeem_code"] |= {"code": "NEWTEA", "format": "code128"}
    lume.publish(old.program, goal=1, milestones=milestones)

"""What a reward takes off a basket, as its terms say it. Without such a rule the till decides, and nothing is told."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from stampwell.languages.patterns import whole
from stampwell.programs.limits import MOST_MONEY
from stampwell.programs.refusals import FreeItemUnnamed

MOST_NAMED, LONGEST_NAMED = 50, 100
Name = Annotated[str, whole(r"[^\x00-\x1f\x7f]*", least=1, most=LONGEST_NAMED)]
Names = Annotated[list[Name], Meta(max_length=MOST_NAMED)]
Minor = Annotated[int, Meta(ge=1, le=MOST_MONEY)]


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Money is in minor units of the program's currency. What is excluded never becomes cheaper, and makes up no
    minimum. `one_per_basket` wants no other reward in the same purchase.
    """

    minimum_spend: Minor | None = None
    maximum_discount: Minor | None = None
    excluded_skus: Names = []
    excluded_categories: Names = []
    one_per_basket: bool = False


class AmountOff(_Rule, frozen=True, kw_only=True, tag="amount"):
    amount: Minor


class Percentage(_Rule, frozen=True, kw_only=True, tag="percentage"):
    percent: Annotated[int, Meta(ge=1, le=100)]


class FreeItem(_Rule, frozen=True, kw_only=True, tag="free_item"):
    """One piece of what is named: the dearest in the basket."""

    skus: Names = []
    categories: Names = []


DiscountRule = AmountOff | Percentage | FreeItem


def is_told_by_sum(rule: DiscountRule | None) -> bool:
    """Whether the sum of a purchase is enough to know what comes off it. Of a free item it says nothing."""
    return rule is not None and not isinstance(rule, FreeItem)


def why_rule_unclear(rule: DiscountRule | None) -> FreeItemUnnamed | None:
    is_unnamed = isinstance(rule, FreeItem) and not (rule.skus or rule.categories)
    return FreeItemUnnamed() if is_unnamed else None


def rule_to_keep(rule: DiscountRule | None) -> dict[str, Any] | None:
    """What was added to the rules stands there only where it is used: the release before reads the others too, while
    both serve.
    """
    if rule is None:
        return None
    kept: dict[str, Any] = msgspec.to_builtins(rule)
    if not rule.one_per_basket:
        del kept["one_per_basket"]
    return kept


def read_rule(stored: dict[str, Any] | None) -> DiscountRule | None:
    """As the terms keep it."""
    return None if stored is None else msgspec.convert(stored, DiscountRule)

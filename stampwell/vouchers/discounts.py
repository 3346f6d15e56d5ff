"""What a reward takes off a basket, line by line. Pure: the same answer wherever it is asked.

Money is in minor units. How it is rounded: docs/rules/discounts.md.
"""

from collections.abc import Sequence

import msgspec

from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` is what all of its pieces cost together."""

    amount: int
    quantity: int = 1
    sku: str | None = None
    category: str | None = None


class Discount(msgspec.Struct, frozen=True):
    """`lines` says for each line of the basket, in its order, what comes off it; together they are `amount`."""

    amount: int
    lines: list[int]


def counted_places(rule: DiscountRule, lines: Sequence[Line]) -> list[int]:
    """The places of the lines that are not excluded: they make up the minimum, and only they become cheaper."""
    return [
        place
        for place, line in enumerate(lines)
        if line.sku not in rule.excluded_skus and line.category not in rule.excluded_categories
    ]


def missing_for(rule: DiscountRule, lines: Sequence[Line]) -> int:
    """How much more has to be bought before the rule holds."""
    bought = sum(lines[place].amount for place in counted_places(rule, lines))
    return max(0, (rule.minimum_spend or 0) - bought)


def take_off(rule: DiscountRule, lines: Sequence[Line]) -> Discount:
    """Nothing, where the rule does not hold for this basket or nothing in it fits."""
    taken = [0] * len(lines)
    if missing_for(rule, lines):
        return Discount(0, taken)
    counted = counted_places(rule, lines)
    if isinstance(rule, FreeItem):
        weights = _dearest_piece(rule, lines, counted)
        whole = sum(weights)
    else:
        weights = [lines[place].amount for place in counted]
        whole = min(_off_basket(rule, sum(weights)), sum(weights))
    amount = whole if rule.maximum_discount is None else min(whole, rule.maximum_discount)
    for place, share in zip(counted, spread(amount, weights), strict=True):
        taken[place] = share
    return Discount(amount, taken)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount, not above the sum of the weights, in shares by these weights: none above its own, all together
    exactly it.

    What does not divide goes by single units to the largest remainders, of equal ones to the first.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


def _off_basket(rule: AmountOff | Percentage, total: int) -> int:
    """A percentage is rounded once, for the basket: half a unit is the customer's."""
    return rule.amount if isinstance(rule, AmountOff) else (total * rule.percent + 50) // 100


def _dearest_piece(rule: FreeItem, lines: Sequence[Line], counted: Sequence[int]) -> list[int]:
    """What one piece costs at its line, nothing at the others; of equal ones the first."""
    costs = [
        lines[place].amount // lines[place].quantity
        if lines[place].sku in rule.skus or lines[place].category in rule.categories
        else 0
        for place in counted
    ]
    dearest = costs.index(max(costs)) if costs else 0
    return [cost if place == dearest else 0 for place, cost in enumerate(costs)]

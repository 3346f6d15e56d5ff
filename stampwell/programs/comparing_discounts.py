"""Whether a reward takes off more or less than before."""

from collections.abc import Iterator, Sequence
from typing import Literal

from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage

_WITHOUT_END = 10**12


def more_or_less(
    before: DiscountRule | None, after: DiscountRule | None
) -> Literal["same", "better", "other", "worse"]:
    """`other`: of another kind, or one where the till has decided; only a person can tell."""
    if before == after:
        return "same"
    if before is None or after is None or type(before) is not type(after):
        return "other"
    if any(new < old for old, new in _measures(before, after)):
        return "worse"
    return "better" if any(new < old for old, new in _measures(after, before)) else "same"


def _measures(before: DiscountRule, after: DiscountRule) -> Iterator[tuple[int, int]]:
    """Of each thing that it says, how good it was and is for customers."""
    yield -(before.minimum_spend or 0), -(after.minimum_spend or 0)
    yield before.maximum_discount or _WITHOUT_END, after.maximum_discount or _WITHOUT_END
    yield -before.one_per_basket, -after.one_per_basket
    yield _keeps(after.excluded_skus, before.excluded_skus)
    yield _keeps(after.excluded_categories, before.excluded_categories)
    match before, after:
        case AmountOff(), AmountOff():
            yield before.amount, after.amount
        case Percentage(), Percentage():
            yield before.percent, after.percent
        case FreeItem(), FreeItem():
            yield _keeps(before.skus, after.skus)
            yield _keeps(before.categories, after.categories)


def _keeps(wanted: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """Less than before where one of those that are wanted is missing."""
    return 0, -len(set(wanted) - set(there))

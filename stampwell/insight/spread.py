"""How a figure is spread over many: half of them, nine of ten."""

from collections.abc import Mapping
from itertools import accumulate


def most_of(counted: Mapping[int, int], share: float) -> int | None:
    """The smallest number that so many of all do not exceed; None of nothing. `counted` is how often each occurs."""
    numbers, whole = sorted(counted), sum(counted.values())
    so_far = accumulate(counted[number] for number in numbers)
    return next((number for number, many in zip(numbers, so_far, strict=True) if many and many >= share * whole), None)

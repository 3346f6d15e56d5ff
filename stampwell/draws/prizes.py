"""Which prize a value means, and what is given where that one has run out."""

from collections.abc import Sequence
from typing import Literal

import msgspec

Why = Literal["", "day", "stock"]
"""Why another prize than the drawn one was given: so many were given that day, or none is left."""


class TablePrize(msgspec.Struct, frozen=True, kw_only=True):
    """`odds` are hundredths of a percent; by `known_as` it is counted, also under other terms of the program."""

    known_as: str
    odds: int
    most_a_day: int | None = None
    stock: int | None = None


class Given(msgspec.Struct, frozen=True):
    """How many of a prize were given: on this day, and ever."""

    today: int = 0
    ever: int = 0


def place_of(value: int, prizes: Sequence[TablePrize]) -> int:
    """The place of the prize. From 0 on the values are dealt out in the order of the table, to each as its odds say."""
    for place, prize in enumerate(prizes):
        if value < prize.odds:
            return place
        value -= prize.odds
    raise AssertionError("the odds of a table are 100 % together")


def why_not_given(prize: TablePrize, given: Given) -> Why:
    if prize.stock is not None and given.ever >= prize.stock:
        return "stock"
    if prize.most_a_day is not None and given.today >= prize.most_a_day:
        return "day"
    return ""

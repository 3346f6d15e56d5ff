"""What a reward takes off a basket: the rules by themselves."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage
from stampwell.vouchers.discounts import Line, counted_places, missing_for, spread, take_off

# How long a machine takes to think up baskets proves nothing.
always = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(["tea", "cake", "cup"])
LINES = st.lists(
    st.builds(
        Line,
        amount=st.integers(0, 10**9),
        quantity=st.integers(1, 20),
        sku=st.none() | NAMES,
        category=st.none() | NAMES,
    ),
    min_size=1,
    max_size=6,
)
MINOR = st.integers(1, 10**9)
COMMON: dict[str, Any] = {
    "minimum_spend": st.none() | MINOR,
    "maximum_discount": st.none() | MINOR,
    "excluded_skus": st.lists(NAMES, max_size=2),
    "excluded_categories": st.lists(NAMES, max_size=2),
}
RULES = st.one_of(
    st.builds(AmountOff, amount=MINOR, **COMMON),
    st.builds(Percentage, percent=st.integers(1, 100), **COMMON),
    st.builds(FreeItem, skus=st.lists(NAMES, max_size=2), categories=st.lists(NAMES, max_size=2), **COMMON),
)


def lines(*amounts: int) -> list[Line]:
    return [Line(amount=amount) for amount in amounts]


def off(rule: DiscountRule, *bought: Line) -> list[int]:
    return take_off(rule, bought).lines


@always
@given(RULES, LINES)
def test_no_line_costs_less_than_nothing_and_together_they_are_the_discount(
    rule: DiscountRule, bought: list[Line]
) -> None:
    taken = take_off(rule, bought)

    assert sum(taken.lines) == taken.amount
    assert all(0 <= share <= line.amount for share, line in zip(taken.lines, bought, strict=True))
    assert {place for place, share in enumerate(taken.lines) if share} <= set(counted_places(rule, bought))
    assert taken.amount <= (rule.maximum_discount or taken.amount)
    assert not (taken.amount and missing_for(rule, bought))


@always
@given(RULES, LINES, st.integers(0, 5), st.integers(1, 10**9))
def test_who_buys_more_never_gets_less_off(rule: DiscountRule, bought: list[Line], place: int, more: int) -> None:
    place %= len(bought)
    richer = [*bought]
    richer[place] = msgspec.structs.replace(bought[place], amount=bought[place].amount + more)

    assert take_off(rule, richer).amount >= take_off(rule, bought).amount


@always
@given(LINES, st.integers(1, 99))
def test_a_higher_percentage_never_takes_off_less(bought: list[Line], percent: int) -> None:
    assert (
        take_off(Percentage(percent=percent), bought).amount <= take_off(Percentage(percent=percent + 1), bought).amount
    )


@always
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.floats(0, 1))
def test_shares_are_within_a_unit_and_in_the_order_of_the_lines(weights: list[int], part: float) -> None:
    total = sum(weights)
    amount = min(total, int(total * part))

    shares = spread(amount, weights)

    assert sum(shares) == amount
    assert all(
        abs(share * total - amount * weight) < max(total, 1) for share, weight in zip(shares, weights, strict=True)
    )
    pairs = itertools.combinations(sorted(zip(weights, shares, strict=True)), 2)
    assert all(less[1] <= more[1] for less, more in pairs if less[0] < more[0])


@pytest.mark.parametrize(
    ("rule", "bought", "taken"),
    [
        (AmountOff(amount=500), lines(300, 900), [125, 375]),
        (AmountOff(amount=500), lines(300, 100), [300, 100]),
        (AmountOff(amount=100), lines(1, 1, 1), [1, 1, 1]),
        (AmountOff(amount=100), lines(333, 333, 333), [34, 33, 33]),
        (AmountOff(amount=2), lines(100, 100, 101), [1, 0, 1]),
        (Percentage(percent=10), lines(995), [100]),
        (Percentage(percent=10), lines(994), [99]),
        (Percentage(percent=10), lines(5, 5), [1, 0]),
        (Percentage(percent=50, maximum_discount=100), lines(300, 300), [50, 50]),
        (Percentage(percent=10, minimum_spend=1000), lines(999), [0]),
        (Percentage(percent=10, minimum_spend=1000), lines(1000), [100]),
    ],
)
def test_what_does_not_divide_goes_where_the_rule_says(
    rule: DiscountRule, bought: list[Line], taken: list[int]
) -> None:
    assert off(rule, *bought) == taken


def test_what_is_excluded_becomes_no_cheaper_and_makes_up_no_minimum() -> None:
    gift, tea = Line(amount=5000, category="gift cards"), Line(amount=900, sku="tea")
    rule = Percentage(percent=10, minimum_spend=1000, excluded_categories=["gift cards"], excluded_skus=["tea"])

    assert (missing_for(rule, [gift, tea]), off(rule, gift, tea)) == (1000, [0, 0])
    assert off(rule, gift, tea, Line(amount=1000)) == [0, 0, 100]


def test_the_dearest_piece_of_what_is_named_is_free() -> None:
    rule = FreeItem(skus=["latte"], categories=["cakes"])
    lattes, cake, mug = (
        Line(amount=901, quantity=2, sku="latte"),
        Line(amount=450, category="cakes"),
        Line(amount=1900, sku="mug"),
    )

    assert off(rule, mug, lattes, cake) == [0, 450, 0]
    assert off(rule, cake, mug) == [450, 0]
    assert off(rule, mug) == [0]
    assert off(msgspec.structs.replace(rule, maximum_discount=400), cake) == [400]
    assert off(msgspec.structs.replace(rule, excluded_skus=["latte"]), lattes) == [0]

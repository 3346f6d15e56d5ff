"""A purchase as a till tells it, and what a voucher takes off it."""

from collections.abc import Sequence

import msgspec

from stampwell.languages.formatting import Money
from stampwell.programs.discount_rules import read_rule
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.refusal import Refusal
from stampwell.vouchers.describing import DiscountFacts
from stampwell.vouchers.discounts import Line, missing_for, take_off
from stampwell.vouchers.refusals import BasketDoesNotFit, BasketTooSmall, OtherCurrency


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """`currency` is the program's where the till says none."""

    lines: Sequence[Line]
    currency: str | None = None


def why_not_this_basket(terms: Terms, reward: RewardTerms, basket: Basket | None) -> Refusal | None:
    """The reason why the reward takes nothing off this basket, or None. Where the till decides there is none."""
    rule = read_rule(reward.discount)
    if rule is None or basket is None:
        return None
    if basket.currency not in (None, terms.currency):
        return OtherCurrency(currency=terms.currency)
    if missing := missing_for(rule, basket.lines):
        return BasketTooSmall(
            minimum=Money(rule.minimum_spend or 0, terms.currency), missing=Money(missing, terms.currency)
        )
    return None if take_off(rule, basket.lines).amount else BasketDoesNotFit()


def discount_on(terms: Terms, reward: RewardTerms, basket: Basket | None) -> DiscountFacts | None:
    """None where there is no basket, or the till decides. The caller has asked `why_not_this_basket`."""
    rule = read_rule(reward.discount)
    if rule is None or basket is None:
        return None
    taken = take_off(rule, basket.lines)
    return DiscountFacts(amount=taken.amount, currency=terms.currency, lines=taken.lines)

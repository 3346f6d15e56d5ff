"""What a reward takes off a purchase of which staff tell the amount, and what is left to pay.

It is worked out by the one rule that programs are answered by (`vouchers.discounts`): the purchase is a single line.
"""

from collections.abc import Callable

import msgspec

from stampwell.languages.formatting import Money
from stampwell.programs.discount_rules import DiscountRule, is_told_by_sum, read_rule
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.vouchers.baskets import Basket
from stampwell.vouchers.discounts import Line
from stampwell.vouchers.rows import RedemptionRow
from stampwell.web.scanner.amounts import read_amount


class TakenOff(msgspec.Struct, frozen=True):
    """`left` is None where staff left out of the amount what the reward is not for: the customer pays that too."""

    off: Money
    left: Money | None


def takes_amount(reward: RewardTerms) -> bool:
    """Whether staff are offered to tell the amount: where it says what comes off."""
    return is_told_by_sum(read_rule(reward.discount))


def reader_of(typed: str) -> Callable[[Terms, RewardTerms], Basket | None]:
    """For `hand_over`: the purchase of an amount that staff have typed, None where they have not or it says nothing.

    What this returns refuses: AmountUnclear.
    """

    def read(terms: Terms, reward: RewardTerms) -> Basket | None:
        if not typed or not takes_amount(reward):
            return None
        return Basket(lines=[Line(amount=read_amount(typed, terms.currency))], currency=terms.currency)

    return read


def leaves_out(rule: DiscountRule) -> bool:
    """Whether the amount that staff tell is only a part of the purchase."""
    return bool(rule.excluded_skus or rule.excluded_categories)


def taken_off(redemption: RedemptionRow, reward: RewardTerms, typed: str) -> TakenOff | None:
    """What to do at the till now; None where no amount was told."""
    if redemption.discount is None or redemption.currency is None or not typed:
        return None
    whole, currency = read_amount(typed, redemption.currency), redemption.currency
    rule = read_rule(reward.discount)
    is_whole = rule is None or not leaves_out(rule)
    left = Money(whole - redemption.discount, currency) if is_whole else None
    return TakenOff(Money(redemption.discount, currency), left)

"""What a reward takes off a purchase, in whole sentences: for the owner who sets it and for the customer."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from stampwell.languages.formatting import Money, format_choice, format_money, format_percent
from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, read_rule
from stampwell.programs.terms import RewardTerms


def say_discount(reward: RewardTerms, currency: str) -> list[str]:
    """Nothing where the till decides."""
    rule = read_rule(reward.discount)
    return list(_say(rule, currency)) if rule else []


def _say(rule: DiscountRule, currency: str) -> Iterator[str]:
    yield _say_what(rule, currency)
    if rule.minimum_spend:
        yield _("For purchases of %(amount)s or more.") % {"amount": format_money(Money(rule.minimum_spend, currency))}
    if rule.maximum_discount:
        amount = format_money(Money(rule.maximum_discount, currency))
        yield _("It takes off %(amount)s at most.") % {"amount": amount}
    if excluded := _named(rule.excluded_categories, rule.excluded_skus):
        yield _("Not for: %(things)s.") % {"things": excluded}
    if rule.one_per_basket:
        yield _("Not together with another reward in one purchase.")


def _say_what(rule: DiscountRule, currency: str) -> str:
    if isinstance(rule, AmountOff):
        return _("It takes %(amount)s off the purchase.") % {"amount": format_money(Money(rule.amount, currency))}
    if isinstance(rule, FreeItem):
        return _("One of these is free: %(things)s.") % {"things": _named(rule.categories, rule.skus)}
    return _("It takes %(percent)s off the purchase.") % {"percent": format_percent(rule.percent / 100)}


def _named(categories: Sequence[str], skus: Sequence[str]) -> str:
    """As the till calls them."""
    return format_choice([*categories, *skus]) if categories or skus else ""

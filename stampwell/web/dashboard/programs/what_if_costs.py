"""What discounts would have cost, for the page and the sheet on which other terms are tried."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec.structs import replace

from stampwell.cards.discount_costs import Purchases, average_off, read_purchases
from stampwell.cards.replaying import Replayed, Rules, replay, rules_of
from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import DiscountRule, FreeItem, read_rule
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms

type RulesByCount = Mapping[int, DiscountRule]
"""What the reward at each number of stamps takes off; those where the till decides are left out."""


class Costs(msgspec.Struct, frozen=True):
    """Of the present terms and of the others; "–" where nobody can tell. `notes` say how it was counted."""

    present: str
    other: str
    notes: list[str]


class Tried(msgspec.Struct, frozen=True):
    """Terms that are tried: what is replayed, what each reward takes off, and whether a prize of a draw does."""

    rules: Rules
    discounts: RulesByCount
    prizes_take_off: bool


def tried_of(terms: Terms) -> Tried:
    found = {step.stamps: read_rule(step.reward.discount) for step in terms.milestones}
    prizes = [prize.reward for step in terms.milestones for prize in step.reward.prizes]
    return Tried(
        rules_of(terms),
        {count: rule for count, rule in found.items() if rule},
        any(read_rule(prize.discount) for prize in prizes),
    )


def count_again(
    merchant: Merchant, program: Program, tried: tuple[Tried, Tried], currency: str, *, since: datetime, until: datetime
) -> tuple[Replayed, Costs | None]:
    """The rewards under the present terms and, second, under the others; and what the discounts would have cost."""
    parts = [(side, count) for side, one in enumerate(tried) for count in one.discounts]
    rules = [one.rules for one in tried] + [replace(tried[side].rules, only_at=count) for side, count in parts]
    replayed = replay(merchant, program.id, rules, since=since, until=until)
    of_prizes = []
    if any(one.prizes_take_off for one in tried):
        of_prizes.append(_("What the prizes of a draw take off is not counted."))
    if not parts:
        return replayed, Costs("–", "–", of_prizes) if of_prizes else None
    rewards: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for (side, count), given in zip(parts, replayed.rewards[2:], strict=True):
        rewards[side][count] = given
    purchases = read_purchases(merchant, program.id, currency, since=since, until=until)
    present, other = (
        _say_cost(one.discounts, given, purchases, currency) for one, given in zip(tried, rewards, strict=True)
    )
    notes = _say_notes([rule for one in tried for rule in one.discounts.values()], purchases)
    return replayed, Costs(present, other, [*notes, *of_prizes])


def _say_cost(rules: RulesByCount, rewards: Mapping[int, int], purchases: Purchases, currency: str) -> str:
    costs = [average.of(rewards[count]) for count, rule in rules.items() if (average := average_off(rule, purchases))]
    return format_money(Money(sum(costs), currency)) if costs else "–"


def _say_notes(rules: Sequence[DiscountRule], purchases: Purchases) -> Iterator[str]:
    countable = [rule for rule in rules if not isinstance(rule, FreeItem)]
    if len(countable) < len(rules):
        yield _("A free item is not counted as a discount: nobody knows what was in the purchases.")
    if countable and not purchases.known:
        yield _("No purchase has an amount, so nobody can tell what a discount would have cost.")
        return
    if not countable:
        return
    yield ngettext(
        "The discounts are counted by %(shown)s purchase whose amount is known, as if every reward had been used.",
        "The discounts are counted by %(shown)s purchases whose amounts are known, as if every reward had been used.",
        purchases.known,
    ) % {"shown": format_number(purchases.known)}
    if purchases.without:
        yield ngettext(
            "%(shown)s purchase without an amount is left out of that.",
            "%(shown)s purchases without an amount are left out of that.",
            purchases.without,
        ) % {"shown": format_number(purchases.without)}
    if any(average_off(rule, purchases) is None for rule in countable):
        yield _("For at least one of the discounts no purchase was large enough, so it is not counted.")
    if any(rule.excluded_skus or rule.excluded_categories for rule in countable):
        yield _("Items that a discount excludes are counted as if nobody had bought them.")

"""What discounts would have cost, for the page and the sheet on which other terms are tried."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.cards.discount_costs import Purchases, average_off, read_purchases
from stampwell.cards.replaying import Replayed, Rules, replay, rules_of
from stampwell.draws.seeds import PARTS
from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import DiscountRule, FreeItem, read_rule
from stampwell.programs.models import Program
from stampwell.programs.terms import RewardTerms, Terms


class Chance(msgspec.Struct, frozen=True):
    """What a reward takes off: always, or with a prize of a draw, by its `odds` in hundredths of a percent."""

    rule: DiscountRule
    odds: int = PARTS


type RulesByCount = Mapping[int, tuple[Chance, ...]]
"""What the reward at each number of stamps takes off; those where the till decides are left out."""


class Costs(msgspec.Struct, frozen=True):
    """Of the present terms and of the others; "–" where nobody can tell. `notes` say how it was counted."""

    present: str
    other: str
    notes: list[str]


class Tried(msgspec.Struct, frozen=True):
    """Terms that are tried: what is replayed, and what each reward takes off."""

    rules: Rules
    discounts: RulesByCount


def tried_of(terms: Terms) -> Tried:
    found = {step.stamps: chances_of(step.reward) for step in terms.milestones}
    return Tried(rules_of(terms), {count: chances for count, chances in found.items() if chances})


def chances_of(reward: RewardTerms) -> tuple[Chance, ...]:
    given = [(prize.reward, prize.odds) for prize in reward.prizes] if reward.prizes else [(reward, PARTS)]
    return tuple(Chance(rule, odds) for one, odds in given if (rule := read_rule(one.discount)))


def count_again(
    merchant: Merchant, program: Program, tried: tuple[Tried, Tried], currency: str, *, since: datetime, until: datetime
) -> tuple[Replayed, Costs | None]:
    """The rewards under the present terms and, second, under the others; and what the discounts would have cost."""
    replayed = replay(merchant, program.id, [one.rules for one in tried], since=since, until=until)
    chances = [chance for one in tried for chances in one.discounts.values() for chance in chances]
    if not chances:
        return replayed, None
    purchases = read_purchases(merchant, program.id, currency, since=since, until=until)
    present, other = (
        _say_cost(one.discounts, given, purchases, currency)
        for one, given in zip(tried, replayed.by_count, strict=True)
    )
    notes = [*_say_notes([chance.rule for chance in chances], purchases)]
    if any(chance.odds < PARTS for chance in chances):
        notes.append(_("Prizes are counted by their chances, as if everybody drew and none ran out."))
    return replayed, Costs(present, other, notes)


def _say_cost(rules: RulesByCount, rewards: Mapping[int, int], purchases: Purchases, currency: str) -> str:
    costs = [
        average.of(rewards[count], odds=chance.odds)
        for count, chances in rules.items()
        for chance in chances
        if (average := average_off(chance.rule, purchases))
    ]
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

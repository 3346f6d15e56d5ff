"""A purchase as a till tells it, and what a voucher takes off it."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from stampwell.languages.formatting import Money
from stampwell.programs.discount_rules import read_rule
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements
from stampwell.vouchers.describing import DiscountFacts
from stampwell.vouchers.discounts import Line, missing_for, take_off
from stampwell.vouchers.refusals import BasketDoesNotFit, BasketTooSmall, OneRewardPerBasket, OtherCurrency


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """`currency` is the program's where the till says none; `vouchers` are all that are for this purchase."""

    lines: Sequence[Line]
    currency: str | None = None
    vouchers: Sequence[UUID] = ()


class _Named(msgspec.Struct, frozen=True):
    id: UUID
    version_id: UUID
    reward_id: UUID


_NAMED = "SELECT id, version_id, reward_id FROM voucher WHERE merchant_id = %s AND id = ANY(%s)"


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


def why_not_together(tx: Statements, voucher_id: UUID, reward: RewardTerms, basket: Basket | None) -> Refusal | None:
    """The reason why the voucher is not used with the others that the till has named, whichever of them says so: it
    makes no difference which one comes first. The voucher itself may be among them.

    Refuses: NotFound, where one that is named is not the shop's.
    """
    others = set(basket.vouchers) - {voucher_id} if basket else set()
    if not others:
        return None
    named = tx.rows(_Named, _NAMED, (tx.merchant_id, sorted(others)))
    if len(named) < len(others):
        raise NotFound
    rewards = [reward, *(terms_of(tx.merchant_id, one.version_id).reward(one.reward_id) for one in named)]
    rules = [read_rule(one.discount) for one in rewards]
    return OneRewardPerBasket() if any(rule and rule.one_per_basket for rule in rules) else None


def discount_on(terms: Terms, reward: RewardTerms, basket: Basket | None) -> DiscountFacts | None:
    """None where there is no basket, or the till decides. The caller has asked `why_not_this_basket`."""
    rule = read_rule(reward.discount)
    if rule is None or basket is None:
        return None
    taken = take_off(rule, basket.lines)
    return DiscountFacts(amount=taken.amount, currency=terms.currency, lines=taken.lines)

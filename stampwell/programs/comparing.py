"""Whether other terms are better or worse for customers, term by term. `docs/rules/terms.md` says how that is told.

What a program looks like, is called and asks for is no term, nor is the way in which a reward is handed out.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from stampwell.merchants.hours import minutes_of_week, week_of
from stampwell.programs.comparing_discounts import more_or_less
from stampwell.programs.comparing_draws import better_or_worse
from stampwell.programs.discount_rules import read_rule
from stampwell.programs.terms import MilestoneTerms, PrizeTerms, RewardTerms, Terms, known_as

Verdict = Literal["same", "better", "other", "worse"]
"""In this order: of several changes the last one counts. `other`: only a person can tell."""
Term = Literal[
    "goal",
    "earning",
    "amount_per_stamp",
    "minimum_spend",
    "cooldown",
    "daily_cap",
    "only_when_open",
    "reward",
    "valid_days",
    "valid_until",
    "active_after",
    "active_from",
    "next_visit",
    "times",
    "locations",
    "discount",
    "minimum_age",
    "prizes",
]
_ORDER: tuple[Verdict, ...] = ("same", "better", "other", "worse")
_WITHOUT_BEGINNING = datetime.min.replace(tzinfo=UTC)
_WITHOUT_END = datetime.max.replace(tzinfo=UTC)


class Change(msgspec.Struct, frozen=True):
    """`before` and `after` are the terms, or for what belongs to a reward its milestones; None where there is none."""

    term: Term
    verdict: Verdict
    before: Terms | MilestoneTerms | None
    after: Terms | MilestoneTerms | None


class _Pair(msgspec.Struct, frozen=True):
    before: MilestoneTerms
    after: MilestoneTerms
    is_same_reward: bool
    both_at_goal: bool


def compare(before: Terms, after: Terms) -> list[Change]:
    """What is better, worse or of another kind; what stays the same is left out."""
    return [change for change in _compare(before, after) if change.verdict != "same"]


def judge(changes: list[Change]) -> Verdict:
    return max((change.verdict for change in changes), key=_ORDER.index, default="same")


def reward_key(terms: Terms, reward: RewardTerms) -> str:
    """By what a reward is known again: what it is called in the shop's language."""
    return known_as(reward.name, terms.locale)


def _compare(before: Terms, after: Terms) -> Iterator[Change]:
    for term, verdict in _of_card(before, after):
        yield Change(term, verdict, before, after)
    pairs, gone, added = _match(before, after)
    for pair in pairs:
        for term, verdict in _of_pair(pair):
            yield Change(term, verdict, pair.before, pair.after)
        if pair.is_same_reward and pair.before.reward.prizes:
            yield from _of_prizes(before, after, pair)
    yield from (Change("reward", "worse", milestone, None) for milestone in gone)
    yield from (Change("reward", "better", None, milestone) for milestone in added)


def _of_card(before: Terms, after: Terms) -> Iterator[tuple[Term, Verdict]]:
    yield "goal", _less_is_better(before.goal, after.goal)
    if (before.earning_by, before.currency) != (after.earning_by, after.currency):
        yield "earning", "worse"  # nobody can tell what each customer spends
    else:
        yield "amount_per_stamp", _less_is_better(before.amount_per_stamp or 0, after.amount_per_stamp or 0)
    yield "minimum_spend", _less_is_better(before.minimum_spend or 0, after.minimum_spend or 0)
    yield "cooldown", _less_is_better(before.cooldown_seconds, after.cooldown_seconds)
    yield "daily_cap", _less_is_better(-(before.daily_cap or 10**9), -(after.daily_cap or 10**9))
    yield "only_when_open", _less_is_better(before.only_when_open, after.only_when_open)


def _of_pair(pair: _Pair) -> Iterator[tuple[Term, Verdict]]:
    moved: Verdict = "same" if pair.both_at_goal else _less_is_better(pair.before.stamps, pair.after.stamps)
    if not pair.is_same_reward:
        yield "reward", "worse" if moved == "worse" else "other"
        return
    yield "reward", moved
    yield from _of_reward(pair.before.reward, pair.after.reward)


def _of_prizes(before: Terms, after: Terms, pair: _Pair) -> Iterator[Change]:
    """Of a draw, and then the terms of each prize that is in both."""
    old, new = _prizes_of(before, pair.before.reward), _prizes_of(after, pair.after.reward)
    ages = _less_is_better(pair.before.reward.minimum_age or 0, pair.after.reward.minimum_age or 0)
    yield Change("minimum_age", ages, pair.before, pair.after)
    yield Change("prizes", better_or_worse(old, new), pair.before, pair.after)
    for name, prize in old.items():
        if name in new and "words" not in (prize.kind, new[name].kind):
            was = MilestoneTerms(pair.before.stamps, prize.reward)
            becomes = MilestoneTerms(pair.after.stamps, new[name].reward)
            for term, verdict in _of_reward(prize.reward, new[name].reward):
                yield Change(term, verdict, was, becomes)


def _of_reward(before: RewardTerms, after: RewardTerms) -> Iterator[tuple[Term, Verdict]]:
    yield "valid_days", _less_is_better(-(before.valid_days or 10**9), -(after.valid_days or 10**9))
    yield "valid_until", _less_is_better(after.valid_until or _WITHOUT_END, before.valid_until or _WITHOUT_END)
    yield "active_after", _less_is_better(before.active_after_seconds, after.active_after_seconds)
    yield "active_from", _less_is_better(_beginning(before), _beginning(after))
    yield "next_visit", _less_is_better(before.from_next_visit, after.from_next_visit)
    yield "times", _more_is_better(_times(before), _times(after))
    yield "discount", more_or_less(read_rule(before.discount), read_rule(after.discount))
    if set(before.location_ids) != set(after.location_ids):
        wider = not after.location_ids or (before.location_ids and set(before.location_ids) < set(after.location_ids))
        yield "locations", "better" if wider else "worse"


def _match(before: Terms, after: Terms) -> tuple[list[_Pair], list[MilestoneTerms], list[MilestoneTerms]]:
    """Which reward became which: by their names, what is left in the order of the stamps; then what is gone and new."""
    pairs, left, added = [], [], list(after.milestones)
    for milestone in before.milestones:
        key = reward_key(before, milestone.reward)
        same = next((other for other in added if reward_key(after, other.reward) == key), None)
        if same is None:
            left.append(milestone)
            continue
        added.remove(same)
        pairs.append(_pair(before, after, milestone, same, is_same=True))
    while left and added:
        pairs.append(_pair(before, after, left.pop(0), added.pop(0), is_same=False))
    return pairs, left, added


def _pair(before: Terms, after: Terms, old: MilestoneTerms, new: MilestoneTerms, *, is_same: bool) -> _Pair:
    same = is_same and bool(old.reward.prizes) == bool(new.reward.prizes)
    return _Pair(old, new, same, (old.stamps, new.stamps) == (before.goal, after.goal))


def _prizes_of(terms: Terms, reward: RewardTerms) -> dict[str, PrizeTerms]:
    return {reward_key(terms, prize.reward): prize for prize in reward.prizes}


def _beginning(reward: RewardTerms) -> datetime:
    return reward.active_from or _WITHOUT_BEGINNING


def _times(reward: RewardTerms) -> frozenset[int]:
    return minutes_of_week(week_of(reward.weekdays, reward.hours))


def _less_is_better(before: Any, after: Any) -> Verdict:
    if before == after:
        return "same"
    return "better" if after < before else "worse"


def _more_is_better(before: frozenset[int], after: frozenset[int]) -> Verdict:
    """Who could come at a time that is no longer there has less, whatever was added."""
    if before == after:
        return "same"
    return "better" if before < after else "worse"

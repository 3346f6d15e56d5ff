"""The owner is told in time that a reward ends: cards go on filling up, and would bring their holders nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.texts import text_in
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.course import is_over
from stampwell.programs.lasting import earnable_until
from stampwell.programs.models import Program
from stampwell.programs.terms import RewardTerms, Terms, terms_of

SOON = timedelta(days=14)


@dataclass(frozen=True)
class EndingReward:
    """`end` is when it can no longer be earned."""

    name: str
    program_id: str
    program: str
    end: datetime
    is_over: bool


def ending_rewards(merchant: Merchant, programs: Iterable[Program], locale: str) -> list[EndingReward]:
    """Of the present terms of those that are open, the first to end first."""
    terms = [terms_of(merchant.id, one.current_version_id) for one in programs if not is_over(one, now())]
    found = (ending for offered in terms for ending in _ending(merchant, offered, locale))
    return sorted(found, key=lambda ending: ending.end)


def _ending(merchant: Merchant, terms: Terms, locale: str) -> Iterator[EndingReward]:
    for reward in terms.rewards:
        end = _end_of(merchant, reward)
        if end and end <= now() + SOON:
            yield EndingReward(
                name=text_in(reward.name, locale, terms.locale),
                program_id=public_id("prg", terms.program_id),
                program=text_in(terms.name, locale, terms.locale),
                end=end,
                is_over=end <= now(),
            )


def _end_of(merchant: Merchant, reward: RewardTerms) -> datetime | None:
    if reward.valid_until is None:
        return None
    clocks = clocks_of(merchant, reward.location_ids)
    return earnable_until(
        clocks,
        reward.valid_until,
        active_after_seconds=reward.active_after_seconds,
        from_next_visit=reward.from_next_visit,
    )

"""Which rewards may be handed out without a network: those of programs whose rewards cost no more than the owner says.

What a reward costs is what was entered for its program (`pricing.py`), of several rewards their average. Where nothing
was entered, or in another currency than the owner's limit, nobody knows: such a reward does not cost little.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from stampwell.languages.texts import Texts
from stampwell.merchants.locations import places_that_count
from stampwell.merchants.models import Merchant
from stampwell.merchants.offline_rewards import offline_rewards_of
from stampwell.programs.models import Program, Reward
from stampwell.programs.terms import RewardTerms, Terms, terms_of, terms_of_many


class NamedReward(msgspec.Struct, frozen=True):
    """A reward with the terms that it belongs to."""

    reward: RewardTerms
    terms: Terms


def costs_little(merchant: Merchant, program: Program) -> bool:
    """Whether rewards of the program may be handed out without a network."""
    allowed = offline_rewards_of(merchant)
    if allowed.up_to is None or program.reward_cost is None:
        return False
    return program.priced_in == allowed.currency and program.reward_cost <= allowed.up_to


def rewards_that_cost_little(merchant: Merchant, *, here: UUID | None) -> list[NamedReward]:
    """Those that are used at this location, as the present terms name them; each name of a program once. None for which
    a manager has to be asked: no PIN is checked there.
    """
    if offline_rewards_of(merchant).up_to is None:
        return []
    programs = Program.objects.filter(merchant=merchant, reward_cost__isnull=False).order_by("id")
    present = [one.current_version_id for one in programs if costs_little(merchant, one)]
    found = terms_of_many(merchant.id, frozenset(present))
    named: list[NamedReward] = []
    for terms in (found[version_id] for version_id in present):
        names: list[Texts] = []
        for reward in terms.rewards:
            places = places_that_count(merchant, reward.location_ids)
            if reward.name not in names and (not places or here in places) and not reward.needs_manager:
                names.append(reward.name)
                named.append(NamedReward(reward, terms))
    return named


def named_rewards(merchant_id: UUID, ids: Iterable[UUID]) -> dict[UUID, NamedReward]:
    """Rewards of any versions of any programs of the shop, by their ids."""
    rows = Reward.objects.filter(merchant_id=merchant_id, id__in=list(ids))
    found = {row.id: terms_of(merchant_id, row.version_id) for row in rows}
    return {id: NamedReward(terms.reward(id), terms) for id, terms in found.items()}


def is_the_same(one: NamedReward, other: NamedReward) -> bool:
    """Versions have rewards of their own: what somebody is given is known by its program and its name."""
    return (one.terms.program_id, one.reward.name) == (other.terms.program_id, other.reward.name)

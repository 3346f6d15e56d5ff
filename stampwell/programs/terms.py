"""The terms of a published version, as everybody else reads them. They never change, so they are remembered."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import msgspec

from stampwell.languages.texts import Texts
from stampwell.programs.models import Milestone, Prize, ProgramVersion, Reward

Path = Literal["self_redeem", "staff_scan", "redeem_code"]
"""The ways to use a voucher."""
PrizeKind = Literal["voucher", "words"]
"""What a prize gives: a voucher, or nothing but its name, which the customer is told."""


class RewardTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`hours` are ["HH:MM", "HH:MM"] spans, `weekdays` ISO numbers; empty means any.

    `discount` is the rule of what it takes off a basket, as `read_rule` reads it; None where the till decides.
    `redeem_code` is "" where each voucher has a code of its own: from the pool `pool_id`, or about which the till asks
    us (`redeem_code_kind` is then "api"), and that one is shown all the while. The others are shown for
    `countdown_minutes`. `code_by_location` has the codes of locations whose till knows another one, by their ids.
    One that has `prizes` is a draw: a card gets one of them, and no voucher is of the draw itself.
    `minimum_age` is the age from which it is drawn; whoever is not known to have it gets the last prize.
    """

    id: UUID
    name: Texts
    path: Path
    needs_manager: bool
    place_check: bool = False
    active_after_seconds: int
    active_from: datetime | None
    from_next_visit: bool
    valid_days: int | None
    valid_until: datetime | None
    grace_days: int
    remind_days_before: int | None
    weekdays: list[int]
    hours: list[list[str]]
    location_ids: list[UUID]
    discount: dict[str, Any] | None
    redeem_code_kind: str
    redeem_code: str
    code_by_location: dict[str, str] = {}
    redeem_code_format: str
    barcode_template: str
    pool_id: UUID | None
    countdown_minutes: int
    minimum_age: int | None = None
    prizes: "tuple[PrizeTerms, ...]" = ()

    def code_at(self, location_id: UUID | None) -> str:
        """What the till of this location knows; None is any that has no code of its own."""
        return self.code_by_location.get(str(location_id), self.redeem_code)


class PrizeTerms(msgspec.Struct, frozen=True):
    """`odds` are hundredths of a percent; of one draw they are 100 % together. The last prize has no limit."""

    reward: RewardTerms
    kind: PrizeKind
    odds: int
    most_a_day: int | None
    stock: int | None


class MilestoneTerms(msgspec.Struct, frozen=True):
    stamps: int
    reward: RewardTerms


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Money is in minor units of `currency`. The last milestone stands at the goal."""

    program_id: UUID
    version_id: UUID
    number: int
    locale: str
    name: Texts
    offer: Texts
    goal: int
    earning_by: str
    amount_per_stamp: int | None
    minimum_spend: int | None
    currency: str
    cooldown_seconds: int
    daily_cap: int | None
    only_when_open: bool
    welcome_stamps: int
    asks_for: list[str]
    design: dict[str, Any]
    published: datetime
    milestones: tuple[MilestoneTerms, ...]

    @property
    def rewards(self) -> list[RewardTerms]:
        """What a voucher can be of: each reward, and in the place of a draw its prizes that are more than words."""
        return [one.reward for one in self.given]

    @property
    def given(self) -> list[MilestoneTerms]:
        """As `milestones`, with such prizes in the place of their draw."""
        return [MilestoneTerms(step.stamps, one) for step in self.milestones for one in _vouchers_of(step.reward)]

    def reward(self, reward_id: UUID) -> RewardTerms:
        """Of a milestone, or a prize."""
        found = next((m.reward for m in self.milestones if m.reward.id == reward_id), None)
        return found or next(one for m in self.milestones for one in _given_by(m.reward) if one.id == reward_id)

    def promised(self, reward_id: UUID) -> RewardTerms:
        """What stood at the milestone that gave this: the reward, or the draw that it was a prize of."""
        return next(m.reward for m in self.milestones if any(one.id == reward_id for one in _given_by(m.reward)))

    def is_prize(self, reward_id: UUID) -> bool:
        return any(prize.reward.id == reward_id for m in self.milestones for prize in m.reward.prizes)


def _given_by(reward: RewardTerms) -> list[RewardTerms]:
    return [prize.reward for prize in reward.prizes] or [reward]


def _vouchers_of(reward: RewardTerms) -> list[RewardTerms]:
    return [one.reward for one in reward.prizes if one.kind == "voucher"] if reward.prizes else [reward]


@lru_cache(maxsize=5_000)
def terms_of(merchant_id: UUID, version_id: UUID) -> Terms:
    """Raises ProgramVersion.DoesNotExist for a version that is not this merchant's."""
    found = read_terms(merchant_id, [version_id])
    if version_id not in found:
        raise ProgramVersion.DoesNotExist
    return found[version_id]


@lru_cache(maxsize=1_000)
def terms_of_many(merchant_id: UUID, version_ids: frozenset[UUID]) -> Mapping[UUID, Terms]:
    """As `terms_of`; what a page shows of the present programs is asked again only when other terms are published."""
    return read_terms(merchant_id, version_ids)


def read_terms(merchant_id: UUID, version_ids: Collection[UUID]) -> dict[UUID, Terms]:
    """Many at once, in as many questions as for one."""
    mine = {"merchant_id": merchant_id, "version_id__in": version_ids}
    rewards = {reward.id: _taken_from(RewardTerms, reward, prizes=()) for reward in Reward.objects.filter(**mine)}
    rows = list(Milestone.objects.filter(**mine).order_by("stamps"))
    if len(rewards) > len(rows):  # those at no milestone are prizes
        rewards |= _draws_of(merchant_id, rewards)
    milestones = defaultdict[UUID, list[MilestoneTerms]](list)
    for row in rows:
        milestones[row.version_id].append(MilestoneTerms(row.stamps, rewards[row.reward_id]))
    versions = ProgramVersion.objects.filter(merchant_id=merchant_id, id__in=version_ids)
    return {
        version.id: _taken_from(Terms, version, version_id=version.id, milestones=tuple(milestones[version.id]))
        for version in versions
    }


def known_as(name: str | Texts, locale: str) -> str:
    """By what a reward is known again: what it is called in the shop's language."""
    text = name if isinstance(name, str) else name.get(locale) or next(iter(name.values()), "")
    return text.strip().casefold()


def _draws_of(merchant_id: UUID, rewards: Mapping[UUID, RewardTerms]) -> dict[UUID, RewardTerms]:
    prizes = defaultdict[UUID, list[PrizeTerms]](list)
    for row in Prize.objects.filter(merchant_id=merchant_id, draw_id__in=rewards.keys()).order_by("place"):
        prizes[row.draw_id].append(_prize_from(row, rewards[row.reward_id]))
    return {id: msgspec.structs.replace(rewards[id], prizes=tuple(found)) for id, found in prizes.items()}


def find_reward(merchant_id: UUID, program_id: UUID, reward_id: UUID) -> RewardTerms | None:
    """A reward of any version of the program, also of one that is no longer present."""
    found = Reward.objects.filter(merchant_id=merchant_id, id=reward_id).first()
    terms = terms_of(merchant_id, found.version_id) if found else None
    return terms.reward(reward_id) if terms and terms.program_id == program_id else None


type Prizes = list[tuple[Prize, Reward]]


def terms_from(version: ProgramVersion, milestones: list[tuple[int, Reward, Prizes]]) -> Terms:
    """Of rows in hand, whether or not they are written."""
    steps = tuple(MilestoneTerms(stamps, _reward_from(reward, prizes)) for stamps, reward, prizes in milestones)
    return _taken_from(Terms, version, version_id=version.id, milestones=steps)


def _reward_from(reward: Reward, prizes: Prizes) -> RewardTerms:
    read = tuple(_prize_from(row, _reward_from(own, [])) for row, own in prizes)
    return _taken_from(RewardTerms, reward, prizes=read)


def _prize_from(row: Prize, reward: RewardTerms) -> PrizeTerms:
    return _taken_from(PrizeTerms, row, reward=reward)


def _taken_from[Kind: msgspec.Struct](kind: type[Kind], row: object, **given: Any) -> Kind:
    names = (name for name in kind.__struct_fields__ if name not in given)
    return kind(**{name: getattr(row, name) for name in names}, **given)

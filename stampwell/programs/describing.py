"""A program as the API shows it: the same shape that is posted to make one."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec.structs import replace

from stampwell.ids import public_id
from stampwell.programs.course import State, state_of
from stampwell.programs.discount_rules import DiscountRule, read_rule
from stampwell.programs.limits import COUNTDOWN
from stampwell.programs.models import Program
from stampwell.programs.terms import Path, PrizeKind, PrizeTerms, RewardTerms, Terms, terms_of
from stampwell.redeem_codes.formats import PLACEHOLDER

type GivenTexts = str | dict[str, str]


class EarningFacts(msgspec.Struct, frozen=True, kw_only=True):
    by: Literal["visit", "amount"]
    amount_per_stamp: int | None
    currency: str
    minimum_spend: int | None
    cooldown_seconds: int
    daily_cap: int | None
    only_when_open: bool
    welcome_stamps: int


class RewardCodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is null where the reader may not see it, in stored events, and where each voucher has one of its own,
    from the pool of `pool_id`, or about which the till asks us: then `countdown_minutes` is null.
    `code_by_location` has the codes of locations with another one, for who may see them.
    """

    kind: str
    format: str
    code: str | None = None
    code_by_location: dict[str, str] = {}
    barcode_template: str
    pool_id: str | None = None
    countdown_minutes: int | None = COUNTDOWN


class PrizeRewardFacts(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: GivenTexts
    path: Path
    confirmed_by: Literal["manager"] | None
    place_check: bool
    active_after_seconds: int
    active_from: datetime | None
    from_next_visit: bool
    valid_days: int | None
    valid_until: datetime | None
    grace_days: int
    remind_days_before: int | None
    weekdays: list[int]
    hours: list[list[str]]
    location_ids: list[str]
    discount: DiscountRule | None = None
    redeem_code: RewardCodeFacts | None


class PrizeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`odds` are hundredths of a percent. One of the kind `words` gives no voucher: the customer is told its name."""

    kind: PrizeKind
    odds: int
    most_a_day: int | None
    stock: int | None
    reward: PrizeRewardFacts


class DrawTermsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The last prize has no limit: it is given where another has run out, and to whoever has not the minimum age."""

    minimum_age: int | None
    prizes: list[PrizeFacts]


class ProgramRewardFacts(PrizeRewardFacts, frozen=True, kw_only=True):
    draw: DrawTermsFacts | None = None


class MilestoneFacts(msgspec.Struct, frozen=True):
    stamps: int
    reward: ProgramRewardFacts


class AnnouncedFacts(msgspec.Struct, frozen=True):
    """Terms that begin later: the number of their version."""

    version: int
    starts_at: datetime


class ProgramFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`closed_at` is when it is over, also where that is a day to come."""

    id: str
    version: int
    state: State
    name: GivenTexts
    offer: GivenTexts | None
    goal: int
    earning: EarningFacts
    milestones: list[MilestoneFacts]
    asks_for: list[str]
    design: dict[str, Any]
    join_url: str
    published_at: datetime
    joining_paused_at: datetime | None
    stamping_paused_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    announced: AnnouncedFacts | None


def join_url(merchant_slug: str, program_slug: str) -> str:
    return f"{settings.BASE_URL}/j/{merchant_slug}/{program_slug}"


def describe_program(terms: Terms, program: Program, *, merchant_slug: str, at: datetime) -> ProgramFacts:
    return ProgramFacts(
        id=public_id("prg", terms.program_id),
        version=terms.number,
        state=state_of(program, at),
        name=as_given(terms.name, terms.locale),
        offer=as_given(terms.offer, terms.locale) if terms.offer else None,
        goal=terms.goal,
        earning=EarningFacts(
            by="amount" if terms.earning_by == "amount" else "visit",
            amount_per_stamp=terms.amount_per_stamp,
            currency=terms.currency,
            minimum_spend=terms.minimum_spend,
            cooldown_seconds=terms.cooldown_seconds,
            daily_cap=terms.daily_cap,
            only_when_open=terms.only_when_open,
            welcome_stamps=terms.welcome_stamps,
        ),
        milestones=[MilestoneFacts(m.stamps, _reward(m.reward, terms.locale)) for m in terms.milestones],
        asks_for=terms.asks_for,
        design=terms.design,
        join_url=join_url(merchant_slug, program.slug),
        published_at=terms.published,
        joining_paused_at=program.joining_paused,
        stamping_paused_at=program.stamping_paused,
        closed_at=program.closed,
        archived_at=program.archived,
        announced=_announced(program),
    )


def _announced(program: Program) -> AnnouncedFacts | None:
    if program.next_version_id is None or program.next_starts is None:
        return None
    return AnnouncedFacts(terms_of(program.merchant_id, program.next_version_id).number, program.next_starts)


def as_given(texts: dict[str, str], locale: str) -> GivenTexts:
    """A text in the merchant's language alone is shown as the plain string that it was posted as."""
    return texts[locale] if texts.keys() == {locale} else texts


def with_redeem_codes(facts: ProgramFacts, terms: Terms) -> ProgramFacts:
    """For a reader who may see them; `facts` are those of the same terms."""
    shown = [
        replace(told, reward=_with_redeem_code(told.reward, milestone.reward))
        for told, milestone in zip(facts.milestones, terms.milestones, strict=True)
    ]
    return replace(facts, milestones=shown)


def without_redeem_codes(stored: dict[str, Any]) -> dict[str, Any]:
    """A program as an event has stored it: older ones hold the redeem codes too, and not every reader may spend."""
    return stored | {"milestones": [one | {"reward": _without_code(one["reward"])} for one in stored["milestones"]]}


def _without_code(reward: dict[str, Any]) -> dict[str, Any]:
    """A draw is younger than those events."""
    told = reward["redeem_code"]
    return reward | {"redeem_code": told and told | {"code": None}}


def _with_redeem_code(facts: ProgramRewardFacts, reward: RewardTerms) -> ProgramRewardFacts:
    if facts.draw is None:
        return _with_code(facts, reward)
    prizes = [
        replace(told, reward=_with_code(told.reward, prize.reward))
        for told, prize in zip(facts.draw.prizes, reward.prizes, strict=True)
    ]
    return replace(facts, draw=replace(facts.draw, prizes=prizes))


def _with_code[Facts: PrizeRewardFacts](facts: Facts, reward: RewardTerms) -> Facts:
    if facts.redeem_code is None:
        return facts
    code, others = reward.redeem_code or None, codes_by_location(reward)
    return replace(facts, redeem_code=replace(facts.redeem_code, code=code, code_by_location=others))


def codes_by_location(reward: RewardTerms) -> dict[str, str]:
    """Those of single locations, as the API names these."""
    return {public_id("loc", UUID(place)): code for place, code in reward.code_by_location.items()}


def _reward(reward: RewardTerms, locale: str) -> ProgramRewardFacts:
    draw = DrawTermsFacts(minimum_age=reward.minimum_age, prizes=[_prize(one, locale) for one in reward.prizes])
    return ProgramRewardFacts(**_own_terms(reward, locale), draw=draw if reward.prizes else None)


def _prize(prize: PrizeTerms, locale: str) -> PrizeFacts:
    reward = PrizeRewardFacts(**_own_terms(prize.reward, locale))
    return PrizeFacts(kind=prize.kind, odds=prize.odds, most_a_day=prize.most_a_day, stock=prize.stock, reward=reward)


def _own_terms(reward: RewardTerms, locale: str) -> dict[str, Any]:
    code = RewardCodeFacts(
        kind=reward.redeem_code_kind,
        format=reward.redeem_code_format,
        barcode_template=reward.barcode_template or PLACEHOLDER,
        pool_id=public_id("cdp", reward.pool_id) if reward.pool_id else None,
        countdown_minutes=None if reward.redeem_code_kind == "api" else reward.countdown_minutes,
    )
    return {
        "id": public_id("rwd", reward.id),
        "name": as_given(reward.name, locale),
        "path": reward.path,
        "confirmed_by": "manager" if reward.needs_manager else None,
        "place_check": reward.place_check,
        "active_after_seconds": reward.active_after_seconds,
        "active_from": reward.active_from,
        "from_next_visit": reward.from_next_visit,
        "valid_days": reward.valid_days,
        "valid_until": reward.valid_until,
        "grace_days": reward.grace_days,
        "remind_days_before": reward.remind_days_before,
        "weekdays": reward.weekdays,
        "hours": reward.hours,
        "location_ids": [public_id("loc", location_id) for location_id in reward.location_ids],
        "discount": read_rule(reward.discount),
        "redeem_code": code if reward.redeem_code_kind else None,
    }

"""A program as somebody proposes it, and what is wrong with it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from stampwell.draws.seeds import PARTS
from stampwell.ids import private_id
from stampwell.languages.formatting import End
from stampwell.languages.patterns import whole
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.hours import CLOCK, is_ever_within, week_of, why_hours_unclear
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Merchant
from stampwell.programs.describing import GivenTexts
from stampwell.programs.discount_rules import DiscountRule, why_rule_unclear
from stampwell.programs.lasting import ready_at
from stampwell.programs.limits import (
    COUNTDOWN,
    LARGEST_GOAL,
    LONGEST_CODE,
    LONGEST_COUNTDOWN,
    MOST_COOLDOWN,
    MOST_DELAY,
    MOST_GRACE_DAYS,
    MOST_LOCATIONS,
    MOST_MONEY,
    MOST_PRIZES,
    MOST_REMIND_DAYS,
    MOST_REWARDS,
    MOST_STAMPS_A_DAY,
    MOST_VALID_DAYS,
    OLDEST,
    SHORTEST_COUNTDOWN,
)
from stampwell.programs.refusals import (
    CodeElsewhere,
    DrawUnclear,
    EarningUnclear,
    ManagerNotThere,
    MilestonesUnclear,
    NeverUsable,
    PlaceNotAsked,
    RedeemCodeMissing,
    WelcomeFillsCard,
)
from stampwell.programs.terms import Path, PrizeKind, known_as
from stampwell.redeem_codes.formats import PLACEHOLDER, TEMPLATE, FormatName, held_text, why_code_does_not_fit
from stampwell.refusal import Refusal

Clock = Annotated[str, whole(CLOCK, most=5)]
SameCode = Annotated[str, Meta(min_length=1, max_length=LONGEST_CODE)]
Minor = Annotated[int, Meta(ge=1, le=MOST_MONEY)]


class ShownCodeDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long the code is shown; then its voucher counts as used."""

    countdown_minutes: Annotated[int, Meta(ge=SHORTEST_COUNTDOWN, le=LONGEST_COUNTDOWN)] = COUNTDOWN


class StaticCodeDraft(ShownCodeDraft, frozen=True, kw_only=True, tag="static", tag_field="kind"):
    """The same code for every voucher. `code_by_location` has the codes of locations whose till knows another one."""

    code: SameCode
    code_by_location: Annotated[dict[str, SameCode], Meta(max_length=MOST_LOCATIONS)] = {}
    format: FormatName = "text"
    barcode_template: Annotated[
        str,
        whole(
            TEMPLATE,
            most=300,
            told="What the barcode contains, where the till reads more than people type.",
        ),
    ] = PLACEHOLDER


class PoolCodeDraft(ShownCodeDraft, frozen=True, kw_only=True, tag="pool", tag_field="kind"):
    """Each voucher gets a code of its own from this pool, which says how they are shown."""

    pool_id: str


class ApiCodeDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="api", tag_field="kind"):
    """Each voucher has a code of its own, about which a connected till asks us. It is shown as long as the voucher can
    be used, for the till says when it was.
    """

    format: Literal["text", "qr", "code128", "code39", "pdf417", "aztec", "datamatrix"] = "qr"


RedeemCodeDraft = StaticCodeDraft | PoolCodeDraft | ApiCodeDraft


class PrizeRewardDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: GivenTexts
    path: Path = "staff_scan"
    confirmed_by: Literal["manager"] | None = None
    place_check: bool = False
    active_after_seconds: Annotated[int, Meta(ge=0, le=MOST_DELAY)] = 0
    active_from: datetime | None = None
    from_next_visit: bool = False
    valid_days: Annotated[int, Meta(ge=1, le=MOST_VALID_DAYS)] | None = None
    valid_until: datetime | None = None
    grace_days: Annotated[int, Meta(ge=0, le=MOST_GRACE_DAYS)] = 0
    remind_days_before: Annotated[int, Meta(ge=1, le=MOST_REMIND_DAYS)] | None = None
    weekdays: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(max_length=7)] = []
    hours: Annotated[list[Annotated[list[Clock], Meta(min_length=2, max_length=2)]], Meta(max_length=10)] = []
    location_ids: Annotated[list[str], Meta(max_length=MOST_LOCATIONS)] = []
    discount: DiscountRule | None = None
    redeem_code: RedeemCodeDraft | None = None


class PrizeDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`odds` are hundredths of a percent. `most_a_day` and `stock` are how many are given on a day, and ever.

    One of the kind `words` gives no voucher: its reward has a name alone, and the customer is told it.
    """

    kind: PrizeKind = "voucher"
    odds: Annotated[int, Meta(ge=0, le=PARTS)]
    reward: PrizeRewardDraft
    most_a_day: Annotated[int, Meta(ge=1, le=MOST_PRIZES)] | None = None
    stock: Annotated[int, Meta(ge=1, le=MOST_PRIZES)] | None = None


class DrawDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the prizes, by lot. The last one has no limit, and is given where the one that was drawn has run out.

    Whoever is not known to have the `minimum_age` gets the last prize.
    """

    prizes: Annotated[list[PrizeDraft], Meta(min_length=2, max_length=MOST_REWARDS)]
    minimum_age: Annotated[int, Meta(ge=1, le=OLDEST)] | None = None


class RewardDraft(PrizeRewardDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With a `draw` it has a name alone: everything else stands at each prize."""

    draw: DrawDraft | None = None


class MilestoneDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stamps: Annotated[int, Meta(ge=1, le=LARGEST_GOAL)]
    reward: RewardDraft


class EarningDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: Literal["visit", "amount"] = "visit"
    amount_per_stamp: Minor | None = None
    currency: Annotated[str, whole("[A-Z]{3}", most=3)] | None = None
    minimum_spend: Minor | None = None
    cooldown_seconds: Annotated[int, Meta(ge=0, le=MOST_COOLDOWN)] = 30
    daily_cap: Annotated[int, Meta(ge=1, le=MOST_STAMPS_A_DAY)] | None = None
    only_when_open: bool = False
    welcome_stamps: Annotated[int, Meta(ge=0, le=LARGEST_GOAL)] = 0


class DesignDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    background: Annotated[str, whole("#[0-9a-fA-F]{6}", most=7)] = "#5b2c1a"
    foreground: Annotated[str, whole("#[0-9a-fA-F]{6}", most=7)] | None = None
    accent: Annotated[str, whole("#[0-9a-fA-F]{6}", most=7)] | None = None
    logo: str | None = None  # the id of an uploaded picture
    icon: Annotated[str, whole("[a-z_]{1,20}")] = "star"
    barcode: Literal["qr", "code128", "pdf417", "aztec"] = "qr"  # on the Apple pass; QR reads best off a screen


class ProgramDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text is a string in the merchant's language or an object by locale; money is in minor units."""

    name: GivenTexts
    goal: Annotated[int, Meta(ge=1, le=LARGEST_GOAL)]
    milestones: Annotated[list[MilestoneDraft], Meta(min_length=1, max_length=MOST_REWARDS)]
    offer: GivenTexts | None = None
    earning: EarningDraft = EarningDraft()
    asks_for: Annotated[list[Literal["name", "email", "birthday"]], Meta(max_length=3)] = []
    design: DesignDraft = DesignDraft()


def why_not_publish(merchant: Merchant, draft: ProgramDraft, at: datetime) -> Refusal | None:
    counts = [milestone.stamps for milestone in draft.milestones]
    if len(set(counts)) < len(counts) or max(counts) != draft.goal:
        return MilestonesUnclear(goal=draft.goal)
    if draft.earning.by == "amount" and draft.earning.amount_per_stamp is None:
        return EarningUnclear()
    if draft.earning.welcome_stamps >= draft.goal:
        return WelcomeFillsCard(goal=draft.goal)
    if any(_is_unclear(merchant, milestone.reward) for milestone in draft.milestones):
        return DrawUnclear()
    rewards = [one for milestone in draft.milestones for one in _given_by(milestone.reward)]
    codes = [reward.redeem_code for reward in rewards if reward.path == "redeem_code"]
    if None in codes:
        return RedeemCodeMissing()
    if any(reward.confirmed_by and reward.path != "staff_scan" for reward in rewards):
        return ManagerNotThere()
    if any(reward.place_check and reward.path != "self_redeem" for reward in rewards):
        return PlaceNotAsked()
    if any(_is_elsewhere(reward) for reward in rewards):
        return CodeElsewhere()
    static = (code for code in codes if isinstance(code, StaticCodeDraft))
    unfit = (why_code_does_not_fit(one, code.format) for code in static for one in _in_barcodes(code))
    unnamed = (why_rule_unclear(reward.discount) for reward in rewards)
    unusable = (_why_never_usable(merchant, reward, at) for reward in rewards)
    return next(filter(None, chain(unfit, unnamed, unusable)), None)


def _given_by(reward: RewardDraft) -> Sequence[PrizeRewardDraft]:
    return [one.reward for one in reward.draw.prizes if one.kind == "voucher"] if reward.draw else [reward]


def _is_unclear(merchant: Merchant, reward: RewardDraft) -> bool:
    if reward.draw is None:
        return False
    prizes = reward.draw.prizes
    names = {known_as(prize.reward.name, merchant.locale) for prize in prizes}
    is_limited = prizes[-1].stock is not None or prizes[-1].most_a_day is not None
    has_own_terms = reward != RewardDraft(name=reward.name, draw=reward.draw)
    words = [prize.reward for prize in prizes if prize.kind == "words"]
    has_own_terms |= any(one != PrizeRewardDraft(name=one.name) for one in words)
    are_short = len(names) < len(prizes) or len(words) == len(prizes)
    return sum(prize.odds for prize in prizes) != PARTS or are_short or is_limited or has_own_terms


def _is_elsewhere(reward: PrizeRewardDraft) -> bool:
    code = reward.redeem_code if reward.path == "redeem_code" else None
    named = code.code_by_location if isinstance(code, StaticCodeDraft) else {}
    return bool(reward.location_ids) and not named.keys() <= set(reward.location_ids)


def _in_barcodes(code: StaticCodeDraft) -> list[str]:
    codes = [code.code, *code.code_by_location.values()]
    return [held_text(code.format, code.barcode_template, one) for one in codes]


def _why_never_usable(merchant: Merchant, reward: PrizeRewardDraft, at: datetime) -> Refusal | None:
    """The reason why even a voucher that is given at once could not be used at any time, or None."""
    if refusal := why_hours_unclear(reward.hours):
        return refusal
    if reward.valid_until is None:
        return None
    places = [id for text in reward.location_ids if (id := private_id("loc", text))]
    clocks, week = clocks_of(merchant, places), week_of(reward.weekdays, reward.hours)
    ready = ready_at(
        clocks,
        at,
        active_after_seconds=reward.active_after_seconds,
        active_from=reward.active_from,
        from_next_visit=reward.from_next_visit,
    )
    end = reward.valid_until
    meets = any(is_ever_within(week, local_time(clock, ready), local_time(clock, end)) for clock in clocks.all)
    return None if meets else NeverUsable(until=End(end, clocks.zone_of(end)))

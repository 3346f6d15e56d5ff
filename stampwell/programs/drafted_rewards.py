"""From a drafted reward to its rows, which the caller writes."""

from typing import Any

from stampwell.ids import wanted_id
from stampwell.languages.texts import read_texts
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import rule_to_keep
from stampwell.programs.drafting import ApiCodeDraft, PrizeRewardDraft, RewardDraft, StaticCodeDraft
from stampwell.programs.limits import LONGEST_NAME
from stampwell.programs.models import Prize, ProgramVersion, Reward
from stampwell.programs.terms import Prizes
from stampwell.redeem_codes.pools import find_pool, refuse_if_archived


def reward_and_prizes(merchant: Merchant, version: ProgramVersion, draft: RewardDraft) -> tuple[Reward, Prizes]:
    reward = _reward(merchant, version, draft)
    if draft.draw is None:
        return reward, []
    reward.minimum_age = draft.draw.minimum_age
    prizes = []
    for place, drafted in enumerate(draft.draw.prizes):
        own = _reward(merchant, version, drafted.reward)
        prize = Prize(
            merchant=merchant,
            draw_id=reward.id,
            place=place,
            kind=drafted.kind,
            reward_id=own.id,
            odds=drafted.odds,
            most_a_day=drafted.most_a_day,
            stock=drafted.stock,
        )
        prizes.append((prize, own))
    return reward, prizes


def _reward(merchant: Merchant, version: ProgramVersion, draft: PrizeRewardDraft) -> Reward:
    return Reward(
        merchant=merchant,
        version_id=version.id,
        name=read_texts(draft.name, locale=merchant.locale, limit=LONGEST_NAME),
        path=draft.path,
        needs_manager=draft.confirmed_by == "manager",
        place_check=draft.place_check,
        active_after_seconds=draft.active_after_seconds,
        active_from=draft.active_from,
        from_next_visit=draft.from_next_visit,
        valid_days=draft.valid_days,
        valid_until=draft.valid_until,
        grace_days=draft.grace_days,
        remind_days_before=draft.remind_days_before,
        weekdays=draft.weekdays,
        hours=draft.hours,
        location_ids=[find_location(merchant.id, wanted_id("loc", text)).id for text in draft.location_ids],
        discount=rule_to_keep(draft.discount),
        **_redeem_code(merchant, version, draft),
    )


def _redeem_code(merchant: Merchant, version: ProgramVersion, draft: PrizeRewardDraft) -> dict[str, Any]:
    """How a pool shows its codes now is told with the terms; what is shown goes by the pool itself. Refuses: NotFound;
    PoolArchived, but for a pool that the program has had before.
    """
    code = draft.redeem_code if draft.path == "redeem_code" else None
    if code is None:
        return {"redeem_code_kind": ""}
    if isinstance(code, StaticCodeDraft):
        return {
            "redeem_code_kind": "static",
            "redeem_code": code.code,
            "code_by_location": {
                str(find_location(merchant.id, wanted_id("loc", text)).id): one
                for text, one in code.code_by_location.items()
            },
            "redeem_code_format": code.format,
            "barcode_template": code.barcode_template,
            "countdown_minutes": code.countdown_minutes,
        }
    if isinstance(code, ApiCodeDraft):
        return {"redeem_code_kind": "api", "redeem_code_format": code.format}
    pool = find_pool(merchant.id, wanted_id("cdp", code.pool_id))
    of_program = Reward.objects.filter(merchant=merchant, version__program_id=version.program_id)
    if not of_program.filter(pool_id=pool.id).exists():
        refuse_if_archived(pool)
    return {
        "redeem_code_kind": "pool",
        "redeem_code_format": pool.format,
        "barcode_template": pool.barcode_template,
        "pool_id": pool.id,
        "countdown_minutes": code.countdown_minutes,
    }

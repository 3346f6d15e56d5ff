"""A published reward as it would be drafted again: to keep it in the next version, or to judge it."""

from typing import Any

from stampwell.ids import public_id
from stampwell.programs.describing import codes_by_location
from stampwell.programs.terms import PrizeTerms, RewardTerms


def reward_as_drafted(reward: RewardTerms) -> dict[str, Any]:
    """For `RewardDraft`."""
    own = _own_terms(reward)
    if not reward.prizes:
        return own
    draw = {"minimum_age": reward.minimum_age, "prizes": [_prize(prize) for prize in reward.prizes]}
    return {"name": reward.name, "draw": draw}


def _prize(prize: PrizeTerms) -> dict[str, Any]:
    reward = {"name": prize.reward.name} if prize.kind == "words" else _own_terms(prize.reward)
    limits = {"most_a_day": prize.most_a_day, "stock": prize.stock}
    return {"kind": prize.kind, "odds": prize.odds, **limits, "reward": reward}


def _own_terms(reward: RewardTerms) -> dict[str, Any]:
    return {
        "name": reward.name,
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
        "location_ids": [public_id("loc", place) for place in reward.location_ids],
        "discount": reward.discount,
        "redeem_code": _redeem_code(reward) if reward.redeem_code_kind else None,
    }


def _redeem_code(reward: RewardTerms) -> dict[str, Any]:
    """That its pool is there, and shown so, is asked with the other ties."""
    if reward.redeem_code_kind == "api":
        return {"kind": "api", "format": reward.redeem_code_format}
    common = {"kind": reward.redeem_code_kind, "countdown_minutes": reward.countdown_minutes}
    if reward.pool_id:
        return common | {"pool_id": public_id("cdp", reward.pool_id)}
    return {
        **common,
        "code": reward.redeem_code,
        "code_by_location": codes_by_location(reward),
        "format": reward.redeem_code_format,
        **({"barcode_template": reward.barcode_template} if reward.barcode_template else {}),
    }

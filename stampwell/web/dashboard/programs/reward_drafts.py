"""From the form of a reward to its draft, and from a published reward back into its form."""

from datetime import date, datetime
from typing import Any

import msgspec

from stampwell.clock import now
from stampwell.ids import private_id, public_id
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import successors_of
from stampwell.programs.drafting import (
    DrawDraft,
    PrizeDraft,
    PrizeRewardDraft,
    RewardDraft,
)
from stampwell.programs.redrafting import reward_as_drafted
from stampwell.programs.terms import PrizeTerms, RewardTerms, Terms, find_reward
from stampwell.web.dashboard.odds_field import show_odds
from stampwell.web.dashboard.programs.code_fields import code_as_typed, redeem_code_in
from stampwell.web.dashboard.programs.discount_fields import discount_as_typed, discount_in
from stampwell.web.dashboard.programs.forms import fields_of_texts, texts_in
from stampwell.web.dashboard.programs.milestone_forms import DRAW, GoalForm, PrizeForm
from stampwell.web.dashboard.programs.reward_forms import NEXT_VISIT, RewardForm


def milestone_reward_of(form: GoalForm, present: Terms | None) -> RewardDraft:
    """The reward, or the draw with its prizes. A page of an older release does not know draws: they stay."""
    name = texts_in(form.cleaned_data, "name", form.merchant.locale)
    before = _reward_before(form, present)
    if before and before.prizes and form.add_prefix("kind") not in form.data:
        return msgspec.structs.replace(msgspec.convert(reward_as_drafted(before), RewardDraft), name=name)
    if not form.is_draw:
        return RewardDraft(**_terms_of(form, before))
    prizes = [_prize(prize, present) for prize in form.prizes]
    return RewardDraft(name=name, draw=DrawDraft(prizes=prizes, minimum_age=form.cleaned_data["minimum_age"]))


def _prize(form: PrizeForm, present: Terms | None) -> PrizeDraft:
    given = form.cleaned_data
    terms = _terms_of(form, _reward_before(form, present))
    return PrizeDraft(
        kind="words" if form.is_words else "voucher",
        odds=given["odds"],
        most_a_day=given["most_a_day"],
        stock=given["stock"],
        reward=PrizeRewardDraft(name=terms["name"]) if form.is_words else PrizeRewardDraft(**terms),
    )


def _terms_of(form: RewardForm, before: RewardTerms | None) -> dict[str, Any]:
    given, limits = form.cleaned_data, _limits(form, before)
    needs_manager = _given(form, before, "needs_manager", came_with="remind_days_before")
    return {
        "name": texts_in(given, "name", form.merchant.locale),
        "path": given["path"],
        "confirmed_by": "manager" if given["path"] == "staff_scan" and needs_manager else None,
        "place_check": given["path"] == "self_redeem" and bool(_given(form, before, "place_check")),
        **_wait(given["active_after"], before),
        "active_from": _beginning_of(given["first_day"], before, form),
        "valid_days": given["valid_days"],
        "valid_until": _end_of(given["last_day"], before, form),
        "grace_days": _given(form, before, "grace_days") or 0,
        "remind_days_before": _given(form, before, "remind_days_before"),
        **limits,
        "discount": discount_in(form, before),
        "redeem_code": redeem_code_in(form, before, limits["location_ids"]) if given["path"] == "redeem_code" else None,
    }


def _limits(form: RewardForm, before: RewardTerms | None) -> dict[str, Any]:
    given = form.cleaned_data
    if before and form.add_prefix("hours") not in form.data:  # as in `_not_asked`
        locations = [public_id("loc", location_id) for location_id in before.location_ids]
        return {"weekdays": before.weekdays, "hours": before.hours, "location_ids": locations}
    weekdays = sorted(set(given["weekdays"]))
    return {
        "weekdays": weekdays if len(weekdays) < 7 else [],
        "hours": given["hours"],
        "location_ids": given["locations"],
    }


def _wait(chosen: str, before: RewardTerms | None) -> dict[str, Any]:
    """A wait beside the one for the next visit, as the API may have set it, stays."""
    if chosen != NEXT_VISIT:
        return {"active_after_seconds": int(chosen or 0), "from_next_visit": False}
    kept = before.active_after_seconds if before and before.from_next_visit else 0
    return {"active_after_seconds": kept, "from_next_visit": True}


def _given(form: RewardForm, before: RewardTerms | None, name: str, *, came_with: str = "") -> Any:
    """A box that is not ticked is not sent; whether it was asked tells the field that it came to the form with."""
    is_asked = before is None or form.add_prefix(came_with or name) in form.data  # as in `_not_asked`
    return form.cleaned_data[name] if is_asked else getattr(before, name)


def _beginning_of(first_day: date | None, before: RewardTerms | None, form: RewardForm) -> datetime | None:
    """When that day begins. A beginning in the middle of it stays as it is, as an end does."""
    present = before.active_from if before else None
    if form.add_prefix("first_day") not in form.data:  # as in `_not_asked`
        return present
    if first_day is None:
        return None
    if before and present and first_day == _first_day(before, form.merchant):
        return present
    places = [form.place_ids[text] for text in form.cleaned_data["locations"]]
    return clocks_of(form.merchant, places).start_of_day(first_day)


def _end_of(last_day: date | None, before: RewardTerms | None, form: RewardForm) -> datetime | None:
    """When that day is over. An end in the middle of it, as the API may have set it, stays as it is."""
    present = before.valid_until if before else None
    if last_day is None:
        return None
    if before and present and last_day == clocks_of(form.merchant, before.location_ids).last_day(present):
        return present
    places = [form.place_ids[text] for text in form.cleaned_data["locations"]]
    return clocks_of(form.merchant, places).end_of_day(last_day)


def _first_day(reward: RewardTerms, merchant: Merchant) -> date | None:
    return clocks_of(merchant, reward.location_ids).day_at(reward.active_from) if reward.active_from else None


def _last_day(reward: RewardTerms, merchant: Merchant) -> date | None:
    return clocks_of(merchant, reward.location_ids).last_day(reward.valid_until) if reward.valid_until else None


def _reward_before(form: RewardForm, present: Terms | None) -> RewardTerms | None:
    """The published reward that this form came from; other terms may have been published since."""
    reward_id = private_id("rwd", form.cleaned_data.get("was", ""))
    found = find_reward(form.merchant.id, present.program_id, reward_id) if present and reward_id else None
    return successors_of(form.merchant).reward_at(found, now()) if found else None


def fields_of_milestone(reward: RewardTerms, merchant: Merchant, currency: str) -> dict[str, Any]:
    """What stands in the form of a published reward, or of a draw and its prizes."""
    if not reward.prizes:
        return _fields_of(reward, merchant, currency)
    return {
        **fields_of_texts(reward.name, "name", merchant.locale),
        "was": public_id("rwd", reward.id),
        "kind": DRAW,
        "minimum_age": reward.minimum_age,
        "prize_rows": str(len(reward.prizes)),
        "prizes": [_fields_of_prize(prize, merchant, currency) for prize in reward.prizes],
    }


def _fields_of_prize(prize: PrizeTerms, merchant: Merchant, currency: str) -> dict[str, Any]:
    limits = {
        "only_words": prize.kind == "words",
        "odds": show_odds(prize.odds),
        "most_a_day": prize.most_a_day,
        "stock": prize.stock,
    }
    return _fields_of(prize.reward, merchant, currency) | limits


def _fields_of(reward: RewardTerms, merchant: Merchant, currency: str) -> dict[str, Any]:
    return {
        **fields_of_texts(reward.name, "name", merchant.locale),
        "was": public_id("rwd", reward.id),
        "path": reward.path,
        "needs_manager": reward.needs_manager,
        "place_check": "near" if reward.place_check else "",
        **code_as_typed(reward),
        **discount_as_typed(reward, currency),
        "valid_days": reward.valid_days,
        "grace_days": reward.grace_days or None,
        "remind_days_before": reward.remind_days_before,
        "first_day": _first_day(reward, merchant),
        "last_day": _last_day(reward, merchant),
        "active_after": NEXT_VISIT if reward.from_next_visit else str(reward.active_after_seconds),
        "weekdays": reward.weekdays,
        "hours": ", ".join("-".join(span) for span in reward.hours),
        "locations": [public_id("loc", location_id) for location_id in reward.location_ids],
    }

"""From the forms of a program to its draft, and from published terms back into the forms."""

from datetime import date, datetime
from typing import Any

import msgspec

from stampwell.ids import private_id, public_id
from stampwell.languages.offered import offered_locales
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import (
    DesignDraft,
    EarningDraft,
    MilestoneDraft,
    ProgramDraft,
    RewardDraft,
)
from stampwell.programs.redrafting import reward_as_drafted
from stampwell.programs.terms import RewardTerms, Terms, find_reward
from stampwell.web.dashboard.money import show_amount
from stampwell.web.dashboard.programs.code_fields import code_as_typed, redeem_code_in
from stampwell.web.dashboard.programs.discount_fields import discount_as_typed, discount_in
from stampwell.web.dashboard.programs.forms import ProgramForm
from stampwell.web.dashboard.programs.reward_forms import (
    NEXT_VISIT,
    MilestoneForm,
    RewardForm,
    offered_by,
)
from stampwell.web.dashboard.programs.sheet import GOAL, Sheet


def draft_of(sheet: Sheet, merchant: Merchant, present: Terms | None) -> ProgramDraft:
    """The draft of forms that were found valid. What the forms do not ask for stays as it is in `present`."""
    given = sheet.program.cleaned_data
    milestones = [
        MilestoneDraft(stamps=form.cleaned_data["stamps"], reward=_reward(form, present)) for form in sheet.milestones
    ]
    draft = ProgramDraft(
        name=_texts(given, "name", merchant.locale),
        offer=_texts(given, "offer", merchant.locale) or None,
        goal=given["goal"],
        milestones=[*milestones, MilestoneDraft(stamps=given["goal"], reward=_reward(sheet.goal, present))],
        earning=_earning(sheet, present),
        asks_for=list(dict.fromkeys(given["asks_for"])),
        design=_design(given, present),
    )
    # Once through the shape checks of the API: a form must not be able to say what the API refuses.
    return msgspec.convert(msgspec.to_builtins(draft), ProgramDraft)


def _earning(sheet: Sheet, present: Terms | None) -> EarningDraft:
    given = sheet.program.cleaned_data | _not_asked(sheet, present)
    by_amount = given["earning_by"] == "amount"
    return EarningDraft(
        by=given["earning_by"],
        amount_per_stamp=given["amount_per_stamp"] if by_amount else None,
        minimum_spend=given["minimum_spend"],
        cooldown_seconds=int(given["cooldown"]),
        daily_cap=given["daily_cap"],
        only_when_open=given["only_when_open"],
        welcome_stamps=given["welcome_stamps"] or 0,
    )


def _not_asked(sheet: Sheet, present: Terms | None) -> dict[str, Any]:
    """What a page of an older release, sent after an upgrade, does not know: it stays."""
    sent = sheet.program.data
    if present is None:
        return {}
    kept: dict[str, Any] = {
        name: getattr(present, name) for name in ("minimum_spend", "welcome_stamps") if name not in sent
    }
    # A box that is not ticked is not sent either; the hours came to the form together with it.
    if sheet.goal.add_prefix("hours") not in sent:
        kept["only_when_open"] = present.only_when_open
    return kept


def _design(given: dict[str, Any], present: Terms | None) -> DesignDraft:
    return DesignDraft(
        background=given["background"].lower(),
        foreground=present.design.get("foreground") if present else None,
        accent=given["accent"].lower(),
        icon=given["icon"],
        logo=given["logo"] or None,
        barcode=given["barcode"] or "qr",
    )


def _reward(form: RewardForm, present: Terms | None) -> RewardDraft:
    given = form.cleaned_data
    before = _reward_before(form, present)
    if before and before.prizes:
        drawn = msgspec.convert(reward_as_drafted(before), RewardDraft)
        return msgspec.structs.replace(drawn, name=_texts(given, "name", form.merchant.locale))
    limits = _limits(form, before)
    return RewardDraft(
        name=_texts(given, "name", form.merchant.locale),
        path=given["path"],
        **_wait(given["active_after"], before),
        active_from=_beginning_of(given["first_day"], before, form),
        valid_days=given["valid_days"],
        valid_until=_end_of(given["last_day"], before, form),
        grace_days=_days(form, before, "grace_days") or 0,
        remind_days_before=_days(form, before, "remind_days_before"),
        **limits,
        discount=discount_in(form, before),
        redeem_code=redeem_code_in(form, before, limits["location_ids"]) if given["path"] == "redeem_code" else None,
    )


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


def _days(form: RewardForm, before: RewardTerms | None, name: str) -> int | None:
    is_asked = before is None or form.add_prefix(name) in form.data  # as in `_not_asked`
    days: int | None = form.cleaned_data[name] if is_asked else getattr(before, name)
    return days


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
    return find_reward(form.merchant.id, present.program_id, reward_id) if present and reward_id else None


def _texts(given: dict[str, Any], name: str, locale: str) -> dict[str, str]:
    texts = {locale: given[name]} | {other: given[f"{name}_{other}"] for other in offered_locales() if other != locale}
    return {other: text for other, text in texts.items() if text}


def sheet_of(terms: Terms, merchant: Merchant) -> Sheet:
    """The forms filled with what is published."""
    steps, offered = sorted(terms.milestones, key=lambda step: step.stamps), offered_by(merchant)
    milestones = [
        MilestoneForm(
            initial={"stamps": step.stamps} | _of_reward(step.reward, merchant, terms.currency),
            merchant=merchant,
            **offered,
            prefix=f"milestone-{number}",
        )
        for number, step in enumerate(steps[:-1])
    ]
    goal_reward = _of_reward(steps[-1].reward, merchant, terms.currency)
    goal = RewardForm(initial=goal_reward, merchant=merchant, **offered, prefix=GOAL)
    return Sheet(ProgramForm(initial=_of_program(terms, merchant), merchant=merchant), goal, milestones)


def _of_program(terms: Terms, merchant: Merchant) -> dict[str, Any]:
    names = ("background", "accent", "icon", "logo", "barcode")
    design = {key: value for key in names if (value := terms.design.get(key))}
    return {
        **_of_texts(terms.name, "name", merchant.locale),
        **_of_texts(terms.offer, "offer", merchant.locale),
        **design,
        "goal": terms.goal,
        "earning_by": terms.earning_by,
        "amount_per_stamp": show_amount(terms.amount_per_stamp, terms.currency),
        "minimum_spend": show_amount(terms.minimum_spend, terms.currency),
        "cooldown": str(terms.cooldown_seconds),
        "daily_cap": terms.daily_cap,
        "only_when_open": terms.only_when_open,
        "welcome_stamps": terms.welcome_stamps or None,
        "asks_for": terms.asks_for,
    }


def _of_reward(reward: RewardTerms, merchant: Merchant, currency: str) -> dict[str, Any]:
    return {
        **_of_texts(reward.name, "name", merchant.locale),
        "was": public_id("rwd", reward.id),
        "path": reward.path,
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


def _of_texts(texts: dict[str, str], name: str, locale: str) -> dict[str, str]:
    """A text that the merchant's own language lacks is shown there in the first one that has it."""
    own = texts.get(locale) or next(iter(texts.values()), "")
    others = {f"{name}_{other}": text for other, text in texts.items() if other != locale}
    return {name: own} | others

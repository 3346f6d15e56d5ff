"""From the forms of a program to its draft, and from published terms back into the forms."""

from typing import Any

import msgspec

from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import terms_of_today
from stampwell.programs.drafting import DesignDraft, EarningDraft, MilestoneDraft, ProgramDraft
from stampwell.programs.terms import Terms
from stampwell.web.dashboard.money import show_amount
from stampwell.web.dashboard.programs.forms import ProgramForm, fields_of_texts, texts_in
from stampwell.web.dashboard.programs.milestone_forms import GoalForm, MilestoneForm
from stampwell.web.dashboard.programs.reward_drafts import fields_of_milestone, milestone_reward_of
from stampwell.web.dashboard.programs.reward_forms import offered_by
from stampwell.web.dashboard.programs.sheet import GOAL, Sheet


def draft_of(sheet: Sheet, merchant: Merchant, present: Terms | None) -> ProgramDraft:
    """The draft of forms that were found valid. What the forms do not ask for stays as it is in `present`."""
    given = sheet.program.cleaned_data
    milestones = [
        MilestoneDraft(stamps=form.cleaned_data["stamps"], reward=milestone_reward_of(form, present))
        for form in sheet.milestones
    ]
    draft = ProgramDraft(
        name=texts_in(given, "name", merchant.locale),
        offer=texts_in(given, "offer", merchant.locale) or None,
        goal=given["goal"],
        milestones=[*milestones, MilestoneDraft(stamps=given["goal"], reward=milestone_reward_of(sheet.goal, present))],
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


def sheet_of(terms: Terms, merchant: Merchant) -> Sheet:
    """The forms filled with what is published, and with the codes that are shown by now."""
    terms = terms_of_today(terms, merchant)
    steps, offered = sorted(terms.milestones, key=lambda step: step.stamps), offered_by(merchant)
    milestones = [
        MilestoneForm(
            initial={"stamps": step.stamps} | fields_of_milestone(step.reward, merchant, terms.currency),
            merchant=merchant,
            **offered,
            prefix=f"milestone-{number}",
        )
        for number, step in enumerate(steps[:-1])
    ]
    goal_reward = fields_of_milestone(steps[-1].reward, merchant, terms.currency)
    goal = GoalForm(initial=goal_reward, merchant=merchant, **offered, prefix=GOAL)
    return Sheet(ProgramForm(initial=_of_program(terms, merchant), merchant=merchant), goal, milestones)


def _of_program(terms: Terms, merchant: Merchant) -> dict[str, Any]:
    names = ("background", "accent", "icon", "logo", "barcode")
    design = {key: value for key in names if (value := terms.design.get(key))}
    return {
        **fields_of_texts(terms.name, "name", merchant.locale),
        **fields_of_texts(terms.offer, "offer", merchant.locale),
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

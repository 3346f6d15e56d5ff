"""The terms in a form that is not finished: what cannot be read yet is left at its default. Nothing is refused."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from stampwell.clock import now
from stampwell.ids import private_id
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import rule_to_keep, why_rule_unclear
from stampwell.programs.limits import COUNTDOWN
from stampwell.programs.models import Reward
from stampwell.programs.terms import MilestoneTerms, RewardTerms, Terms
from stampwell.web.dashboard.programs.discount_fields import discount_names, rule_of
from stampwell.web.dashboard.programs.forms import PROPOSED_GOAL
from stampwell.web.dashboard.programs.reward_forms import NEXT_VISIT, RewardForm
from stampwell.web.dashboard.programs.sheet import Sheet

_NONE = UUID(int=0)


def terms_in(sheet: Sheet, merchant: Merchant) -> Terms:
    form = sheet.program
    goal = _read(form, "goal") or PROPOSED_GOAL
    by_amount = _read(form, "earning_by") == "amount" and _read(form, "amount_per_stamp")
    on_the_way = [MilestoneTerms(_read(step, "stamps") or 1, reward_in(step)) for step in sheet.milestones]
    return Terms(
        program_id=_NONE,
        version_id=_NONE,
        number=1,
        locale=merchant.locale,
        name={},
        offer={},
        goal=goal,
        earning_by="amount" if by_amount else "visit",
        amount_per_stamp=by_amount or None,
        minimum_spend=_read(form, "minimum_spend"),
        currency=merchant.currency,
        cooldown_seconds=int(_read(form, "cooldown") or 0),
        daily_cap=_read(form, "daily_cap"),
        welcome_stamps=_read(form, "welcome_stamps") or 0,
        only_when_open=bool(_read(form, "only_when_open")),
        asks_for=[],
        design={},
        published=now(),
        milestones=(*on_the_way, MilestoneTerms(goal, reward_in(sheet.goal))),
    )


def reward_in(form: RewardForm) -> RewardTerms:
    wait = _read(form, "active_after") or "0"
    first_day, last_day = _read(form, "first_day"), _read(form, "last_day")
    places = [form.place_ids[text] for text in _read(form, "locations") or []]
    clocks = clocks_of(form.merchant, places)
    return RewardTerms(
        id=_NONE,
        name={},
        path=_read(form, "path") or "staff_scan",
        active_after_seconds=0 if wait == NEXT_VISIT else int(wait),
        from_next_visit=wait == NEXT_VISIT,
        active_from=clocks.start_of_day(first_day) if first_day else None,
        valid_days=_read(form, "valid_days"),
        valid_until=clocks.end_of_day(last_day) if last_day else None,
        grace_days=_read(form, "grace_days") or 0,
        remind_days_before=_read(form, "remind_days_before"),
        weekdays=_read(form, "weekdays") or [],
        hours=_read(form, "hours") or [],
        location_ids=places,
        discount=_discount(form),
        redeem_code_kind="",
        redeem_code="",
        redeem_code_format="",
        barcode_template="",
        pool_id=None,
        countdown_minutes=COUNTDOWN,
    )


def _discount(form: RewardForm) -> dict[str, Any] | None:
    if form.is_bound and form.add_prefix("takes_off") not in form.data:
        return _kept_discount(form)
    rule = rule_of({name: _read(form, name) for name in discount_names(form)})
    return None if why_rule_unclear(rule) else rule_to_keep(rule)


def _kept_discount(form: RewardForm) -> dict[str, Any] | None:
    """That of the published reward that the form came from, for a page of an older release does not ask for it."""
    reward_id = private_id("rwd", _read(form, "was") or "")
    if reward_id is None:
        return None
    kept: dict[str, Any] | None = (
        Reward.objects.filter(merchant=form.merchant, id=reward_id).values_list("discount", flat=True).first()
    )
    return kept


def _read(form: forms.Form, name: str) -> Any:
    """What the field holds now, typed or filled in; None for what it would refuse."""
    try:
        return form.fields[name].clean(form[name].value())
    except ValidationError:
        return None

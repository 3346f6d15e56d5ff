"""The terms in a form that is not finished: what cannot be read yet is left at its default. Nothing is refused."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from msgspec.structs import replace

from stampwell.clock import now
from stampwell.ids import private_id
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import rule_to_keep, why_rule_unclear
from stampwell.programs.limits import COUNTDOWN
from stampwell.programs.models import Reward
from stampwell.programs.terms import MilestoneTerms, PrizeTerms, RewardTerms, Terms
from stampwell.web.dashboard.programs.discount_fields import discount_names, rule_of
from stampwell.web.dashboard.programs.forms import PROPOSED_GOAL
from stampwell.web.dashboard.programs.milestone_forms import GoalForm, PrizeForm
from stampwell.web.dashboard.programs.reward_forms import NEXT_VISIT, RewardForm
from stampwell.web.dashboard.programs.sheet import Sheet

_NONE = UUID(int=0)


def terms_in(sheet: Sheet, merchant: Merchant) -> Terms:
    form = sheet.program
    goal = read_early(form, "goal") or PROPOSED_GOAL
    by_amount = read_early(form, "earning_by") == "amount" and read_early(form, "amount_per_stamp")
    on_the_way = [MilestoneTerms(read_early(step, "stamps") or 1, _milestone_in(step)) for step in sheet.milestones]
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
        minimum_spend=read_early(form, "minimum_spend"),
        currency=merchant.currency,
        cooldown_seconds=int(read_early(form, "cooldown") or 0),
        daily_cap=read_early(form, "daily_cap"),
        welcome_stamps=read_early(form, "welcome_stamps") or 0,
        only_when_open=bool(read_early(form, "only_when_open")),
        asks_for=[],
        design={},
        published=now(),
        milestones=(*on_the_way, MilestoneTerms(goal, _milestone_in(sheet.goal))),
    )


def _milestone_in(form: GoalForm) -> RewardTerms:
    prizes = tuple(_prize_in(prize) for prize in form.prizes)
    return replace(reward_in(form), prizes=prizes, minimum_age=read_early(form, "minimum_age") if prizes else None)


def _prize_in(form: PrizeForm) -> PrizeTerms:
    typed = {
        form.merchant.locale: form["name"],
        **{field.name.removeprefix("name_"): field for field in form.other_names},
    }
    texts = {locale: clean_text(str(field.value() or "")[:LONGEST_GIVEN]) for locale, field in typed.items()}
    names = {locale: text for locale, text in texts.items() if text}
    return PrizeTerms(
        kind="words" if form.is_words else "voucher",
        reward=replace(reward_in(form), name=names or {active_locale(): _("Prize")}),
        odds=read_early(form, "odds") or 0,
        most_a_day=read_early(form, "most_a_day"),
        stock=read_early(form, "stock"),
    )


def reward_in(form: RewardForm) -> RewardTerms:
    wait = read_early(form, "active_after") or "0"
    first_day, last_day = read_early(form, "first_day"), read_early(form, "last_day")
    places = [form.place_ids[text] for text in read_early(form, "locations") or []]
    clocks = clocks_of(form.merchant, places)
    return RewardTerms(
        id=_NONE,
        name={},
        path=read_early(form, "path") or "staff_scan",
        needs_manager=bool(read_early(form, "needs_manager")),
        place_check=bool(read_early(form, "place_check")),
        active_after_seconds=0 if wait == NEXT_VISIT else int(wait),
        from_next_visit=wait == NEXT_VISIT,
        active_from=clocks.start_of_day(first_day) if first_day else None,
        valid_days=read_early(form, "valid_days"),
        valid_until=clocks.end_of_day(last_day) if last_day else None,
        grace_days=read_early(form, "grace_days") or 0,
        remind_days_before=read_early(form, "remind_days_before"),
        weekdays=read_early(form, "weekdays") or [],
        hours=read_early(form, "hours") or [],
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
    rule = rule_of({name: read_early(form, name) for name in discount_names(form)})
    return None if why_rule_unclear(rule) else rule_to_keep(rule)


def _kept_discount(form: RewardForm) -> dict[str, Any] | None:
    """That of the published reward that the form came from, for a page of an older release does not ask for it."""
    reward_id = private_id("rwd", read_early(form, "was") or "")
    if reward_id is None:
        return None
    kept: dict[str, Any] | None = (
        Reward.objects.filter(merchant=form.merchant, id=reward_id).values_list("discount", flat=True).first()
    )
    return kept


def read_early(form: forms.Form, name: str) -> Any:
    """What the field holds now, typed or filled in; None for what it would refuse."""
    try:
        return form.fields[name].clean(form[name].value())
    except ValidationError:
        return None

"""All forms of one program together: the card, the reward at the goal, and one for each reward on the way."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import why_rule_unclear
from stampwell.programs.limits import MOST_REWARDS
from stampwell.programs.refusals import EarningUnclear
from stampwell.refusal import Refusal
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.programs.code_fields import check_code
from stampwell.web.dashboard.programs.discount_fields import rule_of
from stampwell.web.dashboard.programs.forms import ProgramForm
from stampwell.web.dashboard.programs.milestone_forms import (
    DRAW,
    GoalForm,
    MilestoneForm,
    count_prizes,
    prize_prefix,
)
from stampwell.web.dashboard.programs.prize_rows import rearranged
from stampwell.web.dashboard.programs.reward_forms import RewardForm, offered_by
from stampwell.web.typed_fields import read_colour

MOST_MILESTONES = 8  # that the form adds; a program of the API may have more, and keeps them
GOAL = "goal-reward"
OF_BOXES = {"asks_for", "weekdays", "locations"}


class Sheet:
    def __init__(self, program: ProgramForm, goal: GoalForm, milestones: list[MilestoneForm]) -> None:
        self.program, self.goal, self.milestones = program, goal, milestones

    @property
    def rewards(self) -> list[GoalForm]:
        return [*self.milestones, self.goal]

    @property
    def given(self) -> list[RewardForm]:
        """What a voucher can be of: each reward that is no draw, and each prize that is not words alone."""
        prizes = [prize for reward in self.rewards for prize in reward.prizes if not prize.is_words]
        return [*(reward for reward in self.rewards if not reward.is_draw), *prizes]

    @property
    def forms(self) -> list[forms.Form]:
        return [self.program, *(form for reward in self.rewards for form in (reward, *reward.prizes))]

    @property
    def background(self) -> str:
        return read_colour(self.program["background"].value())

    @property
    def accent(self) -> str:
        return read_colour(self.program["accent"].value())

    @property
    def has_room(self) -> bool:
        return len(self.milestones) < MOST_MILESTONES

    def is_valid(self, desk: Desk) -> bool:
        """Checks every form, so that all mistakes are shown at once, each beside its field."""
        for form in self.forms:
            form.is_valid()
        self._check_counts()
        self._check_amount(desk)
        for one in self.given:
            check_code(one, desk)
            _check_discount(one, desk)
        for reward in self.rewards:
            if reward.is_draw:
                reward.check_prizes()
        return not any(form.errors for form in self.forms)

    def place(self, refusal: Refusal, desk: Desk) -> None:
        """Puts a refusal of publishing beside the field that it is about, else above the form."""
        said = desk.explain(refusal)
        fields = {
            "earning_unclear": "amount_per_stamp",
            "milestones_unclear": "goal",
            "welcome_fills_card": "welcome_stamps",
        }
        self.program.add_error(fields.get(refusal.code), f"{said.staff_message} {said.what_to_do}")

    def _check_counts(self) -> None:
        goal, seen = self.program.cleaned_data.get("goal"), set[int]()
        for form in self.milestones:
            stamps = form.cleaned_data.get("stamps")
            if stamps is not None and stamps in seen:
                form.add_error("stamps", _("There is already a reward at this number of stamps."))
            elif stamps is not None and goal is not None and stamps >= goal:
                form.add_error("stamps", _("This must be less than the number of stamps on the card."))
            seen.add(stamps or 0)

    def _check_amount(self, desk: Desk) -> None:
        given = self.program.cleaned_data
        missing = given.get("earning_by") == "amount" and given.get("amount_per_stamp") is None
        if missing and not self.program.has_error("amount_per_stamp"):
            self.program.add_error("amount_per_stamp", desk.explain(EarningUnclear()).what_to_do)


def _check_discount(reward: RewardForm, desk: Desk) -> None:
    if refusal := why_rule_unclear(rule_of(reward.cleaned_data)):
        said = desk.explain(refusal)
        reward.add_error("off_categories", f"{said.staff_message} {said.what_to_do}")


def blank_sheet(
    merchant: Merchant, *, program: dict[str, Any] | None = None, reward: dict[str, Any] | None = None
) -> Sheet:
    """The forms of a new card, begun with these values."""
    goal = GoalForm(initial=reward, merchant=merchant, **offered_by(merchant), prefix=GOAL)
    return Sheet(ProgramForm(initial=program, merchant=merchant), goal, [])


def posted_sheet(data: QueryDict, merchant: Merchant) -> Sheet:
    """The forms as they were sent, to be checked."""
    offered = offered_by(merchant)
    milestones = [MilestoneForm(data, merchant=merchant, **offered, prefix=prefix) for prefix in _prefixes(data)]
    goal = GoalForm(data, merchant=merchant, **offered, prefix=GOAL)
    return Sheet(ProgramForm(data, merchant=merchant), goal, milestones)


def resumed_sheet(
    data: QueryDict, merchant: Merchant, *, add: bool = False, remove: str = "", prizes: str = ""
) -> Sheet:
    """The forms as they were sent, not yet checked, with a row more or less; `prizes` is what its button says."""
    kept = [prefix for prefix in _prefixes(data) if prefix != remove]
    rows = [_resumed(data, prefix, prizes, merchant.locale) for prefix in kept]
    rows += [{}] if add and len(kept) < MOST_MILESTONES else []
    offered = offered_by(merchant)
    milestones = [
        MilestoneForm(initial=row, merchant=merchant, **offered, prefix=f"milestone-{number}")
        for number, row in enumerate(rows)
    ]
    program = ProgramForm(initial=_raw(data, ""), merchant=merchant)
    goal = GoalForm(initial=_resumed(data, GOAL, prizes, merchant.locale), merchant=merchant, **offered, prefix=GOAL)
    return Sheet(program, goal, milestones)


def _prefixes(data: QueryDict) -> list[str]:
    rows = data.get("rows", "0")
    count = int(rows) if rows.isascii() and rows.isdecimal() and len(rows) < 4 else 0
    return [f"milestone-{place}" for place in range(min(count, MOST_REWARDS - 1))]


def _resumed(data: QueryDict, prefix: str, act: str, locale: str) -> dict[str, Any]:
    typed = _raw(data, prefix)
    count = count_prizes(typed.get("prize_rows")) if typed.get("kind") == DRAW else 0
    rows = [_raw(data, prize_prefix(prefix, place)) for place in range(count)]
    return rearranged(typed, rows, act, prefix, locale)


def _raw(data: QueryDict, prefix: str) -> dict[str, Any]:
    """What was typed, by field name; a group of boxes keeps all its ticks."""
    start = f"{prefix}-" if prefix else ""
    found: dict[str, Any] = {}
    for name in data:
        if name.startswith(start):
            field = name.removeprefix(start)
            found[field] = data.getlist(name) if field in OF_BOXES else data[name]
    return found

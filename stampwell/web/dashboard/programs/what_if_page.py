"""Trying other terms on the stamps of the last months: how many rewards more or fewer, and about how much money."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from stampwell.cards.replaying import Replayed, Rules
from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.languages.formatting import Money, format_date, format_duration, format_money, format_number
from stampwell.languages.period_names import name_days
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import FreeItem, read_rule
from stampwell.programs.limits import LARGEST_GOAL, MOST_STAMPS_A_DAY
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.pricing import prices_of
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.money import AmountField, show_amount
from stampwell.web.dashboard.programs.discount_fields import (
    KINDS,
    check_discount,
    discount_as_typed,
    discount_fields,
    rule_of,
)
from stampwell.web.dashboard.programs.what_if_costs import Chance, Costs, Tried, chances_of, count_again, tried_of
from stampwell.web.typed_fields import NumberField

MONTHS = (3, 6, 12)
COUNTED = ("takes_off", "off_amount", "off_percent", "off_minimum", "off_most")  # of the fields of a discount
DAYS_OF_A_MONTH = 30.4375


class WhatIfForm(forms.Form):
    """Filled with the present terms until somebody changes them."""

    goal = NumberField(label=gettext_lazy("Stamps on the card"), min_value=1, max_value=LARGEST_GOAL)
    daily_cap = NumberField(
        label=gettext_lazy("Maximum stamps per day"), required=False, min_value=1, max_value=MOST_STAMPS_A_DAY
    )
    months = forms.TypedChoiceField(
        label=gettext_lazy("How far back"),
        coerce=int,
        choices=lambda: [(months, say_months(months)) for months in MONTHS],
    )

    def __init__(self, data: Any, *, terms: Terms, cost: int | None) -> None:
        usual = {
            "goal": str(terms.goal),
            "daily_cap": str(terms.daily_cap or ""),
            "minimum_spend": show_amount(terms.minimum_spend, terms.currency),
            "cost": show_amount(cost, terms.currency),
            "months": str(MONTHS[0]),
            **dict.fromkeys(COUNTED, ""),
        }
        goal = terms.milestones[-1].reward
        self.present_rule = read_rule(goal.discount)
        self.prizes = chances_of(goal) if goal.prizes else ()  # of a draw that takes off what its prizes do
        typed = discount_as_typed(goal, terms.currency)
        usual |= {name: str(typed[name] or "") for name in COUNTED if name in typed}
        super().__init__(usual | {name: data[name] for name in usual if name in data})
        for name, label in (
            ("minimum_spend", gettext_lazy("Smallest purchase that counts")),
            ("cost", gettext_lazy("What one reward costs you")),
        ):
            self.fields[name] = AmountField(label=label, currency=terms.currency, required=False)
        self.fields |= {name: field for name, field in discount_fields(terms.currency).items() if name in COUNTED}
        self.fields["takes_off"] = forms.ChoiceField(
            label=gettext_lazy("What the reward of a full card takes off"),
            choices=[kind for kind in KINDS if kind[0] != "free_item" or isinstance(self.present_rule, FreeItem)],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        check_discount(self)
        return self.cleaned_data

    def tried(self, terms: Terms) -> Tried:
        """The things of a free item are not asked for here, so they are those of the present terms."""
        rules, present = self.rules(terms), tried_of(terms)
        free = self.present_rule if self.cleaned_data["takes_off"] == "free_item" else None
        rule = free or rule_of(self.cleaned_data)
        at_goal = (Chance(rule),) if rule else self.prizes
        kept = {
            count: chances
            for count, chances in present.discounts.items()
            if count in rules.counts and count != rules.goal
        }
        return Tried(rules, kept | ({rules.goal: at_goal} if at_goal else {}))

    def rules(self, terms: Terms) -> Rules:
        """Rewards along the way stay where they are, unless the card ends before them."""
        given = self.cleaned_data
        counts = tuple(step.stamps for step in terms.milestones[:-1] if step.stamps < given["goal"])
        return Rules(
            counts=(*counts, given["goal"]), daily_cap=given["daily_cap"], minimum_spend=given["minimum_spend"]
        )


class Found(msgspec.Struct, frozen=True):
    """What the page says: the figures, and the difference in words."""

    present: int
    other: int
    difference: str
    money: str
    period: str
    sample: str
    left_out: str
    costs: Costs | None


@require_safe
@for_managers
def what_if(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    form = WhatIfForm(request.GET, terms=terms, cost=_cost_of(found, terms))
    fits = form.is_valid()
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "form": form,
        "found": _find(desk.merchant, found, form, terms) if fits else None,
    }
    status = HTTPStatus.OK if fits else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "dashboard/program_what_if.html", context, status=status)


def look_back(merchant: Merchant, program: Program, present: Terms, proposed: Terms) -> Found | None:
    """For the sheet: the last months under proposed terms; None where stamps would be earned in another way."""
    earned = [(terms.earning_by, terms.amount_per_stamp, terms.currency) for terms in (present, proposed)]
    tried = tried_of(present), tried_of(proposed)
    if earned[0] != earned[1] or tried[0] == tried[1]:
        return None
    since = _since(merchant, MONTHS[0])
    counted = count_again(merchant, program, tried, proposed.currency, since=since, until=now())
    cost = _cost_of(program, proposed)
    return _say(merchant, *counted, since, Money(cost, proposed.currency) if cost else None)


def say_months(months: int) -> str:
    return format_duration(timedelta(days=round(months * DAYS_OF_A_MONTH)))


def _cost_of(program: Program, terms: Terms) -> int | None:
    """What the owner said, unless it was in another currency."""
    prices = prices_of(program)
    return prices.reward_cost if prices.currency == terms.currency else None


def _find(merchant: Merchant, program: Program, form: WhatIfForm, terms: Terms) -> Found:
    given = form.cleaned_data
    since = _since(merchant, given["months"])
    tried = tried_of(terms), form.tried(terms)
    counted = count_again(merchant, program, tried, terms.currency, since=since, until=now())
    return _say(merchant, *counted, since, Money(given["cost"], terms.currency) if given["cost"] else None)


def _since(merchant: Merchant, months: int) -> datetime:
    return start_of_day(merchant, local_day(merchant, now()) - timedelta(days=round(months * DAYS_OF_A_MONTH)))


def _say(merchant: Merchant, replayed: Replayed, costs: Costs | None, since: datetime, cost: Money | None) -> Found:
    present, other = replayed.rewards[:2]
    more = other - present
    money = format_money(Money(abs(more) * cost.minor, cost.currency)) if cost and more else ""
    return Found(
        present=present,
        other=other,
        difference=_say_difference(more),
        money=_("That is about %(amount)s.") % {"amount": money} if money else "",
        period=_say_period(merchant, since, replayed.first),
        sample=_("Counted on one in %(count)s cards and scaled up.") % {"count": format_number(replayed.one_in)}
        if replayed.one_in > 1
        else "",
        left_out=_say_left_out(replayed.left_out),
        costs=costs,
    )


def _say_period(merchant: Merchant, since: datetime, first: datetime | None) -> str:
    """The days that were really read: a young shop has not been there for as long as was asked."""
    if first is None:
        return _("No stamp has been given yet.")
    if first > since:
        return _("Period: since %(day)s, the day of the first stamp") % {"day": format_date(local_day(merchant, first))}
    return _("Period: %(days)s") % {"days": name_days(local_day(merchant, since), local_day(merchant, now()))}


def _say_left_out(cards: int) -> str:
    if not cards:
        return ""
    return ngettext(
        "%(shown)s card with very many stamps was not counted.",
        "%(shown)s cards with very many stamps were not counted.",
        cards,
    ) % {"shown": format_number(cards)}


def _say_difference(more: int) -> str:
    if more == 0:
        return _("You would have given as many rewards as under the present terms.")
    facts = {"count": format_number(abs(more))}
    if more > 0:
        return (
            ngettext(
                "You would have given %(count)s reward more.", "You would have given %(count)s rewards more.", more
            )
            % facts
        )
    return (
        ngettext("You would have given %(count)s fewer reward.", "You would have given %(count)s fewer rewards.", -more)
        % facts
    )

"""Entering the code that follows one which is the same for every customer: checked and drawn while it is typed."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.languages.explaining import Explanation
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.local_time import local_day
from stampwell.programs.code_successors import successors_in
from stampwell.programs.limits import LONGEST_CODE
from stampwell.programs.offering import reward_name
from stampwell.programs.replacing_codes import (
    LEAST_OVERLAP,
    MOST_OVERLAP,
    USUAL_OVERLAP,
    NextCode,
    as_planned,
    find_reward_of_any_age,
    plan_successor,
    shared_code_at,
    why_no_day,
    why_not_next,
)
from stampwell.programs.terms import RewardTerms
from stampwell.redeem_codes.formats import barcode_text, draw_printed
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.programs.till_steps import steps_of
from stampwell.web.dashboard.redeem_codes.forms import CODE_INPUT
from stampwell.web.typed_fields import DayField, NameField, NumberField

AHEAD = timedelta(days=14)  # days that an owner has to make the code in the till, as proposed


class NextCodeForm(forms.Form):
    place = forms.CharField(required=False, widget=forms.HiddenInput)
    code = NameField(
        label=gettext_lazy("Next code"),
        max_length=LONGEST_CODE,
        help_text=gettext_lazy("As your till will know it. Customers see it only from the day below."),
        widget=forms.TextInput(CODE_INPUT),
    )
    first_day = DayField(
        label=gettext_lazy("Shown from"),
        help_text=gettext_lazy("It begins at midnight. If you choose today, it is shown at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    overlap_days = NumberField(
        label=gettext_lazy("Days on which your till still takes the old code"),
        min_value=LEAST_OVERLAP,
        max_value=MOST_OVERLAP,
        help_text=gettext_lazy("Counted from that day on, so that whoever was shown the old code can still use it."),
    )

    def next_code(self) -> NextCode:
        """Of a form that is valid."""
        given = self.cleaned_data
        return NextCode(code=given["code"], first_day=given["first_day"], overlap_days=given["overlap_days"])


class _Asked(msgspec.Struct, frozen=True):
    reward: RewardTerms
    place: UUID | None
    name: str
    code: str
    is_planned: bool


class Drawn(msgspec.Struct, frozen=True):
    """What is told while it is typed: what is wrong with the code, or how it looks and what to do in the till."""

    code: str
    picture: SafeString
    problem: Explanation | None
    steps: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def next_code(request: HttpRequest, desk: Desk, reward: str) -> HttpResponse:
    """Refuses: NotFound, NoSharedCode."""
    sent = request.POST if request.method == "POST" else None
    asked = _asked(desk, reward, (sent or request.GET).get("place", ""))
    today = local_day(desk.merchant, now())
    form = NextCodeForm(
        sent, initial={"place": request.GET.get("place", ""), "first_day": today + AHEAD, "overlap_days": USUAL_OVERLAP}
    )
    context: dict[str, Any] = {"desk": desk, "here": "programs", "asked": asked, "reward_id": reward, "form": form}
    if sent is not None and "drawn" in request.GET:
        return render(request, "dashboard/parts/next_code.html", context | {"drawn": _draw(desk, asked, form)})
    if asked.is_planned and sent is None:
        return redirect("shared_codes")
    said = None
    if form.is_bound and form.is_valid():
        said = do_once(request, desk, lambda: _plan(desk, asked, form.next_code()))
        if said.done:
            messages.success(request, said.text)
            return redirect("shared_codes")
    status = HTTPStatus.OK if not form.is_bound else HTTPStatus.CONFLICT if said else HTTPStatus.UNPROCESSABLE_ENTITY
    context |= {"refused": said, "once": new_key(), "drawn": _draw(desk, asked, form) if form.is_bound else None}
    return render(request, "dashboard/next_code.html", context, status=status)


def _asked(desk: Desk, reward: str, place: str) -> _Asked:
    terms, found = find_reward_of_any_age(desk.merchant, wanted_id("rwd", reward))
    location_id = wanted_id("loc", place) if place else None
    with merchant_reads(desk.merchant.id) as tx:
        successors = successors_in(tx)
    code = shared_code_at(desk.merchant, successors, found, location_id, now())
    return _Asked(found, location_id, reward_name(terms, found), code, successors.of(code) is not None)


def _plan(desk: Desk, asked: _Asked, wanted: NextCode) -> Said:
    plan_successor(desk.merchant, asked.reward.id, asked.place, wanted, actor=desk.actor())
    return Said(_("The next code is planned. What to do in your till is written here."))


def _draw(desk: Desk, asked: _Asked, form: NextCodeForm) -> Drawn | None:
    """Of what stands in the fields now; None while there is no code. Days that cannot be read are as proposed."""
    typed = clean_text(str(form["code"].value() or "")[:LONGEST_GIVEN])[:LONGEST_CODE]
    if not typed:
        return None
    form.is_valid()
    given, at = form.cleaned_data, now()
    wanted = NextCode(
        code=typed,
        first_day=given.get("first_day") or local_day(desk.merchant, at) + AHEAD,
        overlap_days=given.get("overlap_days") or USUAL_OVERLAP,
    )
    with merchant_reads(desk.merchant.id) as tx:
        refusal = why_not_next(tx, desk.merchant, successors_in(tx), asked.code, typed)
    refusal = refusal or why_no_day(desk.merchant, wanted, at)
    if refusal:
        return Drawn(typed, SafeString(""), desk.explain(refusal), [])
    steps = steps_of(desk.merchant, as_planned(desk.merchant, asked.code, wanted, at)).all
    if asked.reward.redeem_code_format == "text":
        return Drawn(typed, SafeString(""), None, steps)
    held = barcode_text(asked.reward.barcode_template, typed)
    return Drawn(typed, mark_safe(draw_printed(held, asked.reward.redeem_code_format)), None, steps)  # noqa: S308 - by us

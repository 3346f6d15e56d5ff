"""Pausing a program, ending it, putting it away and going on: one page that says what each of them means."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.course import (
    JoiningPaused,
    ProgramOver,
    StampingPaused,
    say_end,
    state_of,
    why_no_new_card,
    why_no_stamps,
)
from stampwell.programs.models import Program
from stampwell.programs.offering import ProgramClosed, program_name
from stampwell.programs.pausing import end_program, go_on, pause_program
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.programs.tiles import counts_of
from stampwell.web.typed_fields import DayField

CHOICES = [
    ("on", gettext_lazy("Go on")),
    ("joining", gettext_lazy("Pause new cards")),
    ("stamping", gettext_lazy("Pause new cards and stamps")),
    ("end", gettext_lazy("End after a last day")),
    ("archive", gettext_lazy("End now and archive")),
]
PROMISES = {
    "on": gettext_lazy("Customers get cards and stamps, with no last day."),
    "joining": gettext_lazy("Nobody gets a new card. Cards that customers have collect stamps as before."),
    "stamping": gettext_lazy("Nobody gets a new card or a stamp. Stamps and rewards are kept until you go on."),
    "end": gettext_lazy("After this day nobody gets a new card or a stamp. Rewards that are ready can still be used."),
    "archive": gettext_lazy("The program is over now and leaves the list. Rewards and history are kept."),
}


class CourseForm(forms.Form):
    course = forms.ChoiceField(label=gettext_lazy("What should happen?"), choices=CHOICES, widget=forms.RadioSelect)
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("course") == "end" and not given.get("last_day") and not self.has_error("last_day"):
            self.add_error("last_day", _("Choose the last day."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def course(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    form = CourseForm(request.POST if request.method == "POST" else None, initial=_as_it_is(desk.merchant, found))
    if form.is_bound and form.is_valid():
        try:
            _do(desk, found, form.cleaned_data)
        except Refusal as refusal:
            said = desk.explain(refusal)
            form.add_error(None, f"{said.staff_message} {said.what_to_do}")
        else:
            messages.success(request, _("Saved."))
            return redirect("program", program)
    if not _stands_still(found):
        form.fields["course"].choices = CHOICES[1:]  # type: ignore[attr-defined]
    cards, ready = counts_of(desk.merchant, found)
    context = {
        "desk": desk,
        "here": "programs",
        "form": form,
        "promises": PROMISES,
        "program_id": program,
        "name": program_name(terms_of(desk.merchant.id, found.current_version_id)),
        "cards": cards,
        "ready": ready,
        "read": _what_customers_read(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/program_course.html", context, status=status)


def say_course(merchant: Merchant, program: Program) -> list[str]:
    """What is to be known of a program that does not simply go on."""
    at = now()
    said = [str(no.staff_text) for no in (why_no_new_card(program, at), why_no_stamps(merchant, program.id, at)) if no]
    if program.closed and program.closed > at:
        said.append(say_end(merchant, program.closed))
    return said


def _stands_still(program: Program) -> bool:
    """Whether there is anything to go on from."""
    return program.closed is not None or state_of(program, now()) != "published"


def _as_it_is(merchant: Merchant, program: Program) -> dict[str, Any]:
    """Nothing is chosen for a program that simply goes on: whoever comes here wants something else."""
    at = now()
    state, last = state_of(program, at), local_day(merchant, at)
    if program.closed:
        last = clocks_of(merchant).last_day(program.closed)
    match state:
        case "archived":
            chosen = "archive"
        case "closed":
            chosen = "end"
        case "paused":
            chosen = "stamping" if program.stamping_paused else "joining"
        case _:
            chosen = "end" if program.closed else ""
    return {"course": chosen, "last_day": last}


def _do(desk: Desk, program: Program, given: dict[str, Any]) -> None:
    merchant, actor = desk.merchant, desk.actor()
    match given["course"]:
        case "on":
            go_on(merchant, program.id, actor=actor)
        case "end":
            end_program(merchant, program.id, last_day=given["last_day"], actor=actor)
        case "archive":
            end_program(merchant, program.id, archive=True, actor=actor)
        case chosen:
            pause_program(merchant, program.id, stamping=chosen == "stamping", actor=actor)


def _what_customers_read() -> list[tuple[Any, list[Any]]]:
    """After each choice: on the page where one gets a card, then on the card."""
    card = f"{StampingPaused.customer_text} {StampingPaused.what_customer_can_do}"
    over = f"{ProgramOver.customer_text} {ProgramOver.what_customer_can_do}"
    names = dict(CHOICES)
    return [
        (names["joining"], [JoiningPaused.customer_text]),
        (names["stamping"], [JoiningPaused.customer_text, card]),
        (names["end"], [ProgramClosed.customer_text, over]),
        (names["archive"], [ProgramClosed.customer_text, over]),
    ]

"""Before other terms are published: what changes, for whom, and how many cards that concerns."""

from collections import Counter
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stampwell.cards.new_terms import DAYS_OF_NOTICE, Apply, NoticeNeeded, Outlook, earliest_start
from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.formatting import format_date, format_number
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.announcing import take_back_announced
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.limits import LAST_END
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.publishing import propose_terms
from stampwell.programs.terms import terms_of
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import KEY_FIELD, new_key
from stampwell.web.dashboard.programs.form_page import draft_in
from stampwell.web.dashboard.programs.terms_words import VERDICTS, names_of_places, say_changes
from stampwell.web.dashboard.programs.what_if_page import look_back
from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars
from stampwell.web.typed_fields import DayField

CHOICES = {
    "new_rounds": gettext_lazy("New cards and new rounds only"),
    "everybody": gettext_lazy("Give it to everybody now"),
    "at": gettext_lazy("New cards and new rounds, from a day on"),
}
OURS = {KEY_FIELD, "apply", "starts", "csrfmiddlewaretoken"}


class ApplyForm(forms.Form):
    """For whom the terms hold; what is not possible is not offered. Everybody gets them by a button of its own."""

    apply = forms.ChoiceField(label=gettext_lazy("For whom?"), widget=forms.RadioSelect)
    starts = DayField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: QueryDict | None, *, merchant: Merchant, outlook: Outlook) -> None:
        first = local_day(merchant, max(outlook.earliest, earliest_start(merchant, now())))
        offered = {
            "worse": ["at"],
            "better": ["new_rounds", "everybody", "at"],
        }.get(outlook.verdict, ["new_rounds", "at"])
        super().__init__(data, initial={"apply": offered[0], "starts": first})
        self.fields["starts"].required = offered == ["at"]
        self.merchant, self.earliest = merchant, local_day(merchant, outlook.earliest)
        self.fields["apply"].choices = [(name, CHOICES[name]) for name in offered]  # type: ignore[attr-defined]
        buttons = [(name, CHOICES[name]) for name in offered if name != "everybody"]
        self.fields["apply"].widget.choices = buttons

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("apply") == "at" and not self.has_error("starts"):
            starts, first = given.get("starts"), max(self.earliest, local_day(self.merchant, now()) + timedelta(1))
            if starts is None or not first <= starts <= LAST_END:
                self.add_error("starts", _("Choose %(day)s or a later day.") % {"day": format_date(first)})
        return given

    @property
    def chosen(self) -> Apply:
        match self.cleaned_data["apply"]:
            case "at":
                return start_of_day(self.merchant, self.cleaned_data["starts"])
            case "everybody":
                return "everybody"
            case _other:
                return "new_rounds"


def ask_for_whom(
    request: HttpRequest, desk: Desk, program: Program, draft: ProgramDraft, outlook: Outlook, data: QueryDict
) -> HttpResponse | Apply:
    """The page that asks, or what was answered on it."""
    form = ApplyForm(data if "apply" in data else None, merchant=desk.merchant, outlook=outlook)
    if form.is_bound and form.is_valid():
        return form.chosen
    before = terms_of(desk.merchant.id, program.current_version_id)
    after = propose_terms(desk.merchant, draft, program)
    counts = Counter[int]()
    for standing in outlook.standings:
        counts[standing.stamps] += standing.cards
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": public_id("prg", program.id),
        "name": program_name(before),
        "rows": say_changes(desk.merchant, before, after, outlook.changes, names_of_places(desk.merchant)),
        "verdict": VERDICTS[outlook.verdict],
        "cards": outlook.cards,
        "rewards": outlook.rewards,
        "by_mail": outlook.by_mail,
        "notice": _notice(desk, outlook),
        "found": look_back(desk.merchant, program, before, after),
        "counts": sorted(counts.items()),
        "chart": draw_bars([_bar(stamps, counts[stamps]) for stamps in range(max(counts) + 1)]),
        "announced": program.next_starts,
        "form": form,
        "for_everybody": CHOICES["everybody"] if outlook.verdict == "better" else "",
        "promises": _promises(outlook),
        "sent": [(name, value) for name in data if name not in OURS for value in data.getlist(name)],
        "draft_id": public_id("drf", seen.draft_id) if (seen := draft_in(data)) else "",
        "once": new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/program_terms.html", context, status=status)


@require_POST
@for_managers
def take_back(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    take_back_announced(desk.merchant, wanted_id("prg", program), actor=desk.actor())
    messages.success(request, _("Taken back. The present terms stay."))
    return redirect("program", program)


def say_published(apply: Apply) -> str:
    match apply:
        case "new_rounds":
            return _("Published. It applies to new cards and new rounds from now on.")
        case "everybody":
            return _("Published. Cards that customers have get it one after another, within minutes.")
        case _later:
            return _("Announced. Until it begins, the card says what will change.")


def _bar(stamps: int, cards: int) -> Bar:
    return Bar(label=format_number(stamps), figure=format_number(cards), size=cards)


def _notice(desk: Desk, outlook: Outlook) -> str:
    if outlook.verdict != "worse":
        return ""
    return desk.explain(NoticeNeeded(days=DAYS_OF_NOTICE, earliest=outlook.earliest)).staff_message


def _promises(outlook: Outlook) -> dict[str, Any]:
    return {
        "new_rounds": _("A card goes on under the terms of its round until that round is full."),
        "everybody": _("Every card gets it at once and keeps its stamps. Rewards that it has reached become ready."),
        "at": _("Until then nothing changes, and the card says what will."),
    }

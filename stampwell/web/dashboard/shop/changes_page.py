"""Who changed what at the desk: for owners, newest first, narrowed by person, kind and days."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stampwell.events.desk_changes import read_changes
from stampwell.events.models import DeskChange
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import active_locale
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.texts import text_in
from stampwell.merchants.local_time import end_of_day, start_of_day
from stampwell.merchants.models import StaffMember
from stampwell.programs.models import Program, ProgramVersion
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.shop.change_words import FieldChange, field_changes, say_change
from stampwell.web.dashboard.shop.changed_terms import changed_terms

MOST = 50
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
GROUPS = {
    "team": (_("Team"), ("person.", "pin.", "invitation.", "oddity.")),
    "devices": (_("Devices"), ("device.",)),
    "keys": (_("API keys"), ("key.",)),
    "locations": (_("Locations"), ("location.",)),
    "shop": (_("Your shop"), ("shop.",)),
    "programs": (_("Programs"), ("program.",)),
    "exports": (_("Exports"), ("export.",)),
}


class Line(msgspec.Struct, frozen=True):
    at: datetime
    person: str
    text: str
    fields: list[FieldChange]


class ChangesForm(forms.Form):
    person = forms.ChoiceField(label=_("Person"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind of change"),
        required=False,
        choices=[("", _("Everything")), *((key, name) for key, (name, _starts) in GROUPS.items())],
    )
    first = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: QueryDict, *, people: Mapping[UUID, StaffMember]) -> None:
        super().__init__(data)
        named = sorted_by_name(people.values(), lambda member: member.name)
        choices = [("", _("Everyone")), *((public_id("stf", member.id), member.name) for member in named)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def clean_first(self) -> date | None:
        return _day(self.cleaned_data["first"])

    def clean_last(self) -> date | None:
        return _day(self.cleaned_data["last"])


def _day(day: date | None) -> date | None:
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise forms.ValidationError(_("Choose days between 2000 and 2199."))
    return day


@require_safe
@for_owners
def changes_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    people = {member.id: member for member in StaffMember.objects.filter(merchant=desk.merchant)}
    form = ChangesForm(request.GET, people=people)
    found = _find(desk, form, request.GET.get("before", "")) if form.is_valid() else []
    programs, terms = _program_names(desk, found), changed_terms(desk.merchant, found[:MOST])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "desk": desk,
        "here": "settings",
        "form": form,
        "lines": [_line(change, people, programs, terms.get(change.id, [])) for change in found[:MOST]],
        "query": query.urlencode(),
        "older": public_id("chg", found[MOST - 1].id) if len(found) > MOST else "",
    }
    return render(request, "dashboard/changes.html", context, status=200 if form.is_valid() else 400)


def _find(desk: Desk, form: ChangesForm, before: str) -> list[DeskChange]:
    wanted = form.cleaned_data
    first, last = wanted["first"], wanted["last"]
    return read_changes(
        desk.merchant.id,
        most=MOST + 1,
        starts=GROUPS[wanted["kind"]][1] if wanted["kind"] else (),
        staff_member_id=wanted_id("stf", wanted["person"]) if wanted["person"] else None,
        since=start_of_day(desk.merchant, first) if first else None,
        until=end_of_day(desk.merchant, last) if last else None,
        before_id=wanted_id("chg", before) if before else None,
    )


def _program_names(desk: Desk, found: list[DeskChange]) -> dict[UUID, str]:
    """In the reader's language."""
    wanted = {change.subject_id for change in found if change.kind.startswith("program.") and change.subject_id}
    if not wanted:
        return {}
    versions = ProgramVersion.objects.filter(
        merchant=desk.merchant,
        id__in=Program.objects.filter(merchant=desk.merchant, id__in=wanted).values("current_version_id"),
    )
    return {one.program_id: text_in(one.name, active_locale(), one.locale) for one in versions}


def _line(
    change: DeskChange, people: Mapping[UUID, StaffMember], programs: Mapping[UUID, str], terms: list[FieldChange]
) -> Line:
    person = people[change.staff_member_id].name if change.staff_member_id in people else ""
    return Line(change.at, person, say_change(change, programs), [*field_changes(change), *terms])

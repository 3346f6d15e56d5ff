"""Files to take along: asking for one, those that are there, and fetching one."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.exports.asking import ask_for_export, end_of, find_export, find_file, wanted_of
from stampwell.exports.asking import list_exports as exports_of
from stampwell.exports.describing import CONTENT_TYPES, name_file
from stampwell.exports.rows import JoinedExport
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import active_locale
from stampwell.languages.period_names import name_month
from stampwell.programs.draw_proof import read_month
from stampwell.refusal import REFUSALS
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.exports.forms import FORMAT_WORDS, SUBJECT_WORDS, ExportForm
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, tell
from stampwell.web.recent_sign_in import confirm_first, is_recent

FILTER = "filter-"  # in front of the names of what was chosen in a list


class ShownExport(msgspec.Struct, frozen=True):
    export: JoinedExport
    id: str
    subject: str
    format: str
    is_part: bool
    ends: datetime
    problem: str


@require_safe
@for_owners
def list_exports(request: HttpRequest, desk: Desk) -> HttpResponse:
    shown = [_shown(export) for export in exports_of(desk.merchant.id)]
    return render(request, "dashboard/exports.html", {"desk": desk, "here": "settings", "exports": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def new_export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was chosen in a list comes along in the address, and from there in the form."""
    if not is_recent(request):
        return confirm_first(reverse("new_export") if request.method == "POST" else request.get_full_path())
    if request.method != "POST":
        chosen = request.GET.dict()
        initial = {"subject": chosen.pop("subject", "cards"), "format": chosen.pop("format", "xlsx")}
        return _show_form(request, desk, ExportForm(initial=initial), chosen)
    form, chosen = ExportForm(request.POST), _chosen(request)
    if not form.is_valid():
        return _show_form(request, desk, form, chosen)

    def act() -> Said:
        subject, format = form.cleaned_data["subject"], form.cleaned_data["format"]
        ask_for_export(desk.merchant, subject, format, wanted=chosen, locale=active_locale(), actor=desk.actor())
        return Said(_("The file is being made. You find it here as soon as it is ready."))

    said = do_once(request, desk, act)
    if not said.done:
        tell(request, said)
        return _show_form(request, desk, form, chosen)
    messages.success(request, said.text)
    return redirect("exports")


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name.removeprefix(FILTER): value for name, value in request.POST.dict().items() if name.startswith(FILTER)}


def _show_form(request: HttpRequest, desk: Desk, form: ExportForm, chosen: dict[str, str]) -> HttpResponse:
    subject = str(form["subject"].value())
    context = {
        "desk": desk,
        "here": "settings",
        "form": form,
        "chosen": {FILTER + name: value for name, value in chosen.items() if value},
        "subject": next((words for name, words in SUBJECT_WORDS.items() if name == subject), ""),
        "holds": _say_what_it_holds(subject, chosen),
        "once": new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/new_export.html", context, status=status)


def _say_what_it_holds(subject: str, chosen: dict[str, str]) -> str:
    if subject == "draws":
        month = read_month(chosen.get("month", ""))
        facts = {"month": name_month(month) if month else ""}
        return _("The file holds the draws of %(month)s, each in a row of its own.") % facts
    return _("The file holds what the filters of the list let through.")


@require_safe
@for_owners
def export_state(request: HttpRequest, desk: Desk, export: str) -> HttpResponse:
    """How far it is; asked by the page while the file is being made."""
    found = find_export(desk.merchant.id, wanted_id("exp", export))
    return render(request, "dashboard/parts/export_state.html", {"one": _shown(found)})


@require_safe
@for_owners
def send_file(request: HttpRequest, desk: Desk, export: str) -> HttpResponseBase:
    found = find_export(desk.merchant.id, wanted_id("exp", export))
    if not is_recent(request):
        return confirm_first(reverse("exports"))
    return FileResponse(
        find_file(desk.merchant.id, found).open("rb"),
        as_attachment=True,
        filename=name_file(desk.merchant, found),
        content_type=CONTENT_TYPES[found.format],
    )


def _shown(export: JoinedExport) -> ShownExport:
    refusal = REFUSALS.get(export.problem)
    return ShownExport(
        export=export,
        id=public_id("exp", export.id),
        subject=str(SUBJECT_WORDS[export.subject]),
        format=str(FORMAT_WORDS[export.format]),
        is_part=bool(wanted_of(export)) and export.subject != "links",  # which has all of its import
        ends=end_of(export),
        problem=str(refusal.title) if refusal else "",
    )

"""Bringing customers in: the file, its columns, what a check found, and what became of it."""

import csv
import io
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.exports.writers import guarded
from stampwell.ids import public_id, wanted_id
from stampwell.imports.asking import (
    ask_to_check,
    ask_to_undo,
    ask_to_write,
    find_import,
    preview_of,
)
from stampwell.imports.asking import list_imports as imports_of
from stampwell.imports.fault_words import say_fault
from stampwell.imports.headings import guess_columns
from stampwell.imports.link_mail import ask_to_mail_links, stop_mailing_links
from stampwell.imports.receiving import receive_file, remembered_columns
from stampwell.imports.rows import JoinedImport
from stampwell.imports.step_words import STEP_WORDS
from stampwell.mail.checking import has_mail_server
from stampwell.programs.course import programs_to_join
from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.csv_rows import SEPARATORS
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from stampwell.sheets.limits import LARGEST, too_large
from stampwell.sheets.receiving import Preview
from stampwell.sheets.refusals import SheetGone
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.form_keys import Said, refused, tell
from stampwell.web.dashboard.imports.forms import ColumnsForm, UploadForm
from stampwell.web.dashboard.imports.shown import show_import
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.recent_sign_in import confirm_first, is_recent


@require_safe
@for_owners
def list_imports(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = [(public_id("imp", one.id), one, STEP_WORDS[one.step]) for one in imports_of(desk.merchant.id)]
    return render(request, "dashboard/imports.html", {"desk": desk, "here": "settings", "imports": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def new_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not is_recent(request):
        return confirm_first(reverse("new_import"))
    form, said = UploadForm(), None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = receive_file(desk.merchant, file, name=file.name, actor=desk.actor())
                return redirect("import", public_id("imp", made))
            except Refusal as refusal:
                said = refused(desk, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "desk": desk,
        "here": "settings",
        "form": form,
        "refused": said,
        "largest": LARGEST,
        "too_large": desk.explain(too_large("size")).staff_message,
        "programs": programs_to_join(desk.merchant),
    }
    return render(request, "dashboard/new_import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def import_page(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    one = find_import(desk.merchant.id, wanted_id("imp", import_id))
    wants_columns = request.method == "POST" or one.stage == "choosing" or "columns" in request.GET
    if wants_columns and one.write_job_id is None:
        return _choose(request, desk, one)
    return _show(request, desk, one)


def _show(request: HttpRequest, desk: Desk, one: JoinedImport) -> HttpResponse:
    shown = show_import(one, desk.merchant.id)
    context = {"desk": desk, "here": "settings", "brought": shown, "has_mail_server": has_mail_server()}
    return render(request, "dashboard/import.html", context)


def _choose(request: HttpRequest, desk: Desk, one: JoinedImport) -> HttpResponse:
    """What the columns hold. Letters that look wrong are looked at in another encoding before anything is checked."""
    data = request.POST if request.method == "POST" else None
    encoding, separator = _looked_at(request, one)
    try:
        preview = preview_of(desk.merchant.id, one, encoding=encoding, separator=separator)
    except SheetGone as refusal:
        tell(request, refused(desk, refusal))
        return _show(request, desk, one) if one.check_job_id else redirect("imports")
    form = ColumnsForm(data, shop=desk.merchant, one=one, columns=_columns_of(desk, one, preview))
    said = None
    if data is not None and "look" not in data and form.is_valid():
        try:
            ask_to_check(desk.merchant, one.id, form.choice(), actor=desk.actor())
            return redirect("import", public_id("imp", one.id))
        except Refusal as refusal:
            said = refused(desk, refusal)
    return _show_columns(request, desk, one, form, preview, said)


def _looked_at(request: HttpRequest, one: JoinedImport) -> tuple[str, str]:
    encoding, separator = request.POST.get("encoding", ""), request.POST.get("separator", "")
    return (
        encoding if encoding in ENCODINGS else one.encoding,
        separator if separator in SEPARATORS else one.separator,
    )


def _columns_of(desk: Desk, one: JoinedImport, preview: Preview) -> list[str]:
    """As they were chosen; other cells have other headings."""
    if len(one.fields) == len(preview.headings):
        return one.fields
    with merchant_transaction(desk.merchant.id) as tx:
        return guess_columns(preview.headings, remembered_columns(tx))


def _show_columns(
    request: HttpRequest, desk: Desk, one: JoinedImport, form: ColumnsForm, preview: Preview, said: Said | None
) -> HttpResponse:
    places = range(len(preview.headings))
    samples = [", ".join(row[place] for row in preview.rows if row[place])[:120] for place in places]
    context = {
        "desk": desk,
        "here": "settings",
        "one": one,
        "form": form,
        "refused": said,
        "columns": zip(preview.headings, samples, form.columns(), strict=True),
        "preview": preview,
    }
    is_wrong = said or (form.is_bound and "look" not in request.POST and not form.is_valid())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "dashboard/import_columns.html", context, status=status)


@require_safe
@for_owners
def import_state(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    """How far it is; asked by the page meanwhile, which is shown anew when it is done."""
    one = find_import(desk.merchant.id, wanted_id("imp", import_id))
    shown = show_import(one, desk.merchant.id)
    if not shown.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "dashboard/parts/import_state.html", {"brought": shown})


@require_POST
@for_owners
@confirmed(back="import")
def start_import(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    return _act(request, desk, import_id, ask_to_write)


@require_POST
@for_owners
@confirmed(back="import")
def undo_import(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    return _act(request, desk, import_id, ask_to_undo)


def _act(request: HttpRequest, desk: Desk, import_id: str, act: Callable[..., None]) -> HttpResponse:
    """Sent twice it acts once: the job is asked for once."""
    try:
        act(desk.merchant, wanted_id("imp", import_id), actor=desk.actor())
    except Refusal as refusal:
        tell(request, refused(desk, refusal))
    return redirect("import", import_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="import")
def import_mail(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    """Asks for the links to be sent, and tells how far that is; the page asks meanwhile."""
    if request.method == "POST":
        return _act(request, desk, import_id, ask_to_mail_links)
    shown = show_import(find_import(desk.merchant.id, wanted_id("imp", import_id)), desk.merchant.id)
    if not shown.is_mailing:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "dashboard/parts/import_mail_state.html", {"brought": shown})


@require_POST
@for_owners
def stop_import_mail(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    stop_mailing_links(desk.merchant, wanted_id("imp", import_id))
    return redirect("import", import_id)


@require_safe
@for_owners
def import_faults(request: HttpRequest, desk: Desk, import_id: str) -> HttpResponse:
    """Every row that cannot be imported, by its number."""
    one = find_import(desk.merchant.id, wanted_id("imp", import_id))
    if one.check_job_id is None:
        raise NotFound
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([pgettext("of a table", "Row"), _("What is wrong")])
    for row, fault in read_faults(faults_of(desk.merchant.id, one.id, one.check_job_id)):
        writer.writerow([row, guarded(say_fault(fault))])
    return as_file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{import_id}.csv")

"""A file that fills a list of codes: taken in, its column chosen, what the check found, added, withdrawn."""

import csv
import io
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.exports.writers import guarded
from stampwell.ids import public_id, wanted_id
from stampwell.redeem_codes.asking import ask_to_check, ask_to_stock, find_batch, preview_of
from stampwell.redeem_codes.fault_words import say_fault
from stampwell.redeem_codes.pools import find_open_pool, find_pool
from stampwell.redeem_codes.receiving import receive_codes
from stampwell.redeem_codes.releasing import release_batch
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import JoinedBatch
from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.csv_rows import SEPARATORS
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from stampwell.sheets.limits import LARGEST, too_large
from stampwell.sheets.receiving import Preview
from stampwell.sheets.refusals import SheetGone
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, refused, tell
from stampwell.web.dashboard.imports.forms import UploadForm
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.dashboard.redeem_codes.forms import CodeColumnForm
from stampwell.web.dashboard.redeem_codes.pages import HERE, location_names
from stampwell.web.dashboard.redeem_codes.shown import ShownBatch, show_batch


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_file(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    row, form, said = find_open_pool(desk.merchant.id, wanted_id("cdp", pool)), UploadForm(), None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = receive_codes(desk.merchant, row.id, file, name=file.name, actor=desk.actor())
                return redirect("code_file", pool, public_id("cdb", made))
            except Refusal as refusal:
                said = refused(desk, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "desk": desk,
        "here": HERE,
        "pool_id": pool,
        "row": row,
        "form": form,
        "refused": said,
        "largest": LARGEST,
        "too_large": desk.explain(too_large("size")).staff_message,
    }
    return render(request, "dashboard/new_code_file.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def file_page(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    batch = _find(desk, pool, codes)
    wants_column = request.method == "POST" or batch.job_id is None or "column" in request.GET
    if wants_column and not batch.wanted:
        return _choose(request, desk, batch)
    return _show(request, desk, batch)


@require_safe
@for_managers
def file_state(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    """How far it is; asked by the page meanwhile, which is shown anew when it is done."""
    shown = _shown(desk, _find(desk, pool, codes))
    if not shown.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "dashboard/parts/code_file_state.html", {"codes": shown})


@require_POST
@for_managers
def add_file(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    """Sent twice it acts once: the job is asked for once."""
    try:
        ask_to_stock(desk.merchant, wanted_id("cdp", pool), wanted_id("cdb", codes), actor=desk.actor())
    except Refusal as refusal:
        tell(request, refused(desk, refusal))
    return redirect("code_file", pool, codes)


@require_POST
@for_managers
def release_file(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    """Sent twice it acts once."""
    try:
        release_batch(desk.merchant, wanted_id("cdp", pool), wanted_id("cdb", codes), actor=desk.actor())
        messages.success(request, _("From now on customers get these codes."))
    except Refusal as refusal:
        tell(request, refused(desk, refusal))
    return redirect("code_file", pool, codes)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def withdraw_file(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    batch = _find(desk, pool, codes)
    if request.method == "POST":
        try:
            revoke_batch(desk.merchant, batch.pool_id, batch.id, actor=desk.actor())
            messages.success(request, _("The codes are withdrawn. No voucher gets one of them any more."))
        except Refusal as refusal:
            tell(request, refused(desk, refusal))
        return redirect("code_file", pool, codes)
    context = {
        "desk": desk,
        "here": HERE,
        "codes": _shown(desk, batch),
        "row": find_pool(desk.merchant.id, batch.pool_id),
    }
    return render(request, "dashboard/code_file_off.html", context)


@require_safe
@for_managers
def file_faults(request: HttpRequest, desk: Desk, pool: str, codes: str) -> HttpResponse:
    """Every row that is left out, by its number."""
    batch = _find(desk, pool, codes)
    if batch.check_job_id is None:
        raise NotFound
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([pgettext("of a table", "Row"), _("What is wrong")])
    for row, fault in read_faults(faults_of(desk.merchant.id, batch.id, batch.check_job_id)):
        writer.writerow([row, guarded(say_fault(fault))])
    return as_file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{codes}.csv")


def _find(desk: Desk, pool: str, codes: str) -> JoinedBatch:
    """Refuses: NotFound."""
    return find_batch(desk.merchant.id, wanted_id("cdp", pool), wanted_id("cdb", codes))


def _shown(desk: Desk, batch: JoinedBatch) -> ShownBatch:
    return show_batch(batch, places=location_names(desk.merchant) if batch.location_id else {})


def _show(request: HttpRequest, desk: Desk, batch: JoinedBatch) -> HttpResponse:
    row = find_pool(desk.merchant.id, batch.pool_id)
    context = {"desk": desk, "here": HERE, "codes": _shown(desk, batch), "row": row}
    return render(request, "dashboard/code_file.html", context)


def _choose(request: HttpRequest, desk: Desk, batch: JoinedBatch) -> HttpResponse:
    """Which column it is. Letters that look wrong are looked at in another encoding before anything is checked."""
    data = request.POST if request.method == "POST" else None
    encoding, separator = request.POST.get("encoding", ""), request.POST.get("separator", "")
    try:
        preview = preview_of(
            desk.merchant.id,
            batch,
            encoding=encoding if encoding in ENCODINGS else batch.encoding,
            separator=separator if separator in SEPARATORS else batch.separator,
        )
    except SheetGone as refusal:
        tell(request, refused(desk, refusal))
        return redirect("code_pool", public_id("cdp", batch.pool_id))
    form = CodeColumnForm(data, shop=desk.merchant, batch=batch, headings=preview.headings)
    said = None
    if data is not None and "look" not in data and form.is_valid():
        try:
            ask_to_check(desk.merchant, batch.pool_id, batch.id, form.choice(), actor=desk.actor())
            return redirect("code_file", public_id("cdp", batch.pool_id), public_id("cdb", batch.id))
        except Refusal as refusal:
            said = refused(desk, refusal)
    return _ask_column(request, desk, batch, form, preview, said)


def _ask_column(
    request: HttpRequest, desk: Desk, batch: JoinedBatch, form: CodeColumnForm, preview: Preview, said: Said | None
) -> HttpResponse:
    places = range(len(preview.headings))
    samples = [", ".join(row[place] for row in preview.rows if row[place])[:120] for place in places]
    is_wrong = said or (form.is_bound and "look" not in request.POST and not form.is_valid())
    context = {
        "desk": desk,
        "here": HERE,
        "codes": _shown(desk, batch),
        "row": find_pool(desk.merchant.id, batch.pool_id),
        "form": form,
        "refused": said,
        "columns": zip(preview.headings, samples, form["column"], strict=True),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "dashboard/code_column.html", context, status=status)

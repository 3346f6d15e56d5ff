"""Does the till agree? The report, how it is read, and what came of comparing it."""

import csv
import io
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.exports.writers import guarded
from stampwell.ids import public_id, wanted_id
from stampwell.languages.formatting import Money, format_money
from stampwell.merchants.models import Location
from stampwell.reconciling.asking import (
    ask_to_compare,
    compared_before,
    find_reconciliation,
    rows_of_reconciliation,
)
from stampwell.reconciling.asking import list_reconciliations as reconciliations_of
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.looking import Look, look_at
from stampwell.reconciling.receiving import receive_report
from stampwell.reconciling.reconcile import MOST_KEPT
from stampwell.reconciling.rows import JoinedReconciliation
from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.csv_rows import SEPARATORS
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.limits import LARGEST, too_large
from stampwell.sheets.refusals import SheetGone
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.form_keys import Said, refused, tell
from stampwell.web.dashboard.lookup import all_locations_of, locations_of
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.dashboard.reconciliations.forms import ChoiceForm, ReportForm
from stampwell.web.dashboard.reconciliations.shown import UnreadRow, show_earlier, show_line, show_reconciliation
from stampwell.web.dashboard.reconciliations.words import FAULT_WORDS, VERDICT_WORDS

HERE = {"here": "settings"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def list_reconciliations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those that there were, and the form for the next one."""
    form, said = ReportForm(), None
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = receive_report(desk.merchant, file, name=file.name, actor=desk.actor())
                return redirect("reconciliation", public_id("rcn", made))
            except Refusal as refusal:
                said = refused(desk, refusal)
    context = HERE | {
        "desk": desk,
        "form": form,
        "refused": said,
        "largest": LARGEST,
        "too_large": desk.explain(too_large("size")).staff_message,
        "reports": [show_earlier(one) for one in reconciliations_of(desk.merchant.id)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/reconciliations.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def reconciliation_page(request: HttpRequest, desk: Desk, reconciliation: str) -> HttpResponse:
    one = find_reconciliation(desk.merchant.id, wanted_id("rcn", reconciliation))
    can_choose = one.step == "choosing" or (one.step == "failed" and "columns" in request.GET)
    if can_choose or (request.method == "POST" and one.step == "failed"):
        return _choose(request, desk, one)
    context = HERE | {"desk": desk, "report": _shown(desk, one)}
    return render(request, "dashboard/reconciliation.html", context)


def _shown(desk: Desk, one: JoinedReconciliation) -> Any:
    locations = {location.id: location for location in all_locations_of(desk.merchant)}
    return show_reconciliation(one, desk.merchant, locations)


def _choose(request: HttpRequest, desk: Desk, one: JoinedReconciliation) -> HttpResponse:
    """How it is read. What looks wrong is looked at in another way before anything is compared."""
    data = request.POST if request.method == "POST" else None
    choice = _looked_at(request, one)
    try:
        look = look_at(desk.merchant, one, choice)
        form = _form_of(desk, look, data)
        if data is not None and form.is_valid():
            look = look_at(desk.merchant, one, form.choice(look.choice))
    except SheetGone as refusal:
        tell(request, refused(desk, refusal))
        return redirect("reconciliations")
    said = None
    if data is not None and "look" not in data and form.is_valid():
        try:
            ask_to_compare(desk.merchant, one.id, look.choice, actor=desk.actor())
            return redirect("reconciliation", public_id("rcn", one.id))
        except Refusal as refusal:
            said = refused(desk, refusal)
    return _show_choice(request, desk, one, form, look, said)


def _form_of(desk: Desk, look: Look, data: Any) -> ChoiceForm:
    locations: list[Location] = locations_of(desk.merchant)
    return ChoiceForm(data, choice=look.choice, locations=locations, codes=look.codes, names=look.places)


def _looked_at(request: HttpRequest, one: JoinedReconciliation) -> Choice:
    """Another encoding or separator makes other cells, so it is asked for before the columns are."""
    encoding, separator = request.POST.get("encoding", ""), request.POST.get("separator", "")
    kept = one.chosen
    return Choice(
        **{name: getattr(kept, name) for name in Choice.__struct_fields__ if name not in ("encoding", "separator")},
        encoding=encoding if encoding in ENCODINGS else kept.encoding,
        separator=separator if separator in SEPARATORS else kept.separator,
    )


def _show_choice(
    request: HttpRequest, desk: Desk, one: JoinedReconciliation, form: ChoiceForm, look: Look, said: Said | None
) -> HttpResponse:
    before = compared_before(desk.merchant.id, one)
    context = HERE | {
        "desk": desk,
        "one": one,
        "form": form,
        "look": look,
        "refused": said,
        "before": before and (public_id("rcn", before.id), before.created),
        "columns": list(zip(look.preview.headings, look.samples, form.columns(), strict=True)),
        "lines": [show_line(line, desk.merchant.currency) for line in look.lines],
        "faults": [UnreadRow(one.row, one.raw, FAULT_WORDS[one.fault]) for one in look.unread],
    }
    is_wrong = said or (form.is_bound and not form.is_valid())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "dashboard/reconciliation_columns.html", context, status=status)


@require_safe
@for_owners
def reconciliation_state(request: HttpRequest, desk: Desk, reconciliation: str) -> HttpResponse:
    """How far it is; asked by the page meanwhile, which is shown anew when it is done."""
    one = find_reconciliation(desk.merchant.id, wanted_id("rcn", reconciliation))
    shown = _shown(desk, one)
    if not shown.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "dashboard/parts/reconciliation_state.html", {"report": shown})


@require_safe
@for_owners
def reconciliation_rows(request: HttpRequest, desk: Desk, reconciliation: str) -> HttpResponse:
    """Every row that is not fine, as far as they are kept."""
    one = find_reconciliation(desk.merchant.id, wanted_id("rcn", reconciliation))
    found = one.has_found
    if found is None:
        raise NotFound
    locations = {location.id: location.name for location in all_locations_of(desk.merchant)}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            _("Result"),
            pgettext("of a table", "Row"),
            _("When"),
            _("Code"),
            _("Location"),
            _("Receipt number"),
            _("Discount"),
            _("Voucher"),
            _("Highest discount of the reward"),
        ]
    )
    words: dict[str, Any] = {"unread": _("Could not be read")} | {
        str(name): said for name, said in VERDICT_WORDS.items()
    }
    for row in rows_of_reconciliation(desk.merchant.id, one.id, most=10 * MOST_KEPT):
        is_read = row.verdict != "unread"
        place = locations.get(row.location_id) if row.location_id else None
        cells = [
            str(words.get(row.verdict, row.verdict)),
            row.row or "",
            row.at.isoformat() if row.at else row.day.isoformat() if row.day else "",
            row.code,
            place or row.place,
            row.receipt if is_read else str(FAULT_WORDS.get(row.receipt, row.receipt)),
            format_money(Money(row.amount, found.currency)) if row.amount else "",
            public_id("vch", row.voucher_id) if row.voucher_id else "",
            format_money(Money(row.allowed, found.currency)) if row.allowed else "",
        ]
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return as_file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{reconciliation}.csv")

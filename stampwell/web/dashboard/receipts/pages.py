"""Receipt codes at the desk: the list of batches, a new one, its page with figures and files, and its end."""

import csv
import io
from http import HTTPStatus
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.clock import now
from stampwell.exports.writers import guarded
from stampwell.ids import public_id, slug_of, wanted_id
from stampwell.languages.formatting import format_percent
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.receipts.choosing import programs_with_stamps
from stampwell.receipts.describing import BatchFigures, figures_of
from stampwell.receipts.making import code_url, codes_of, make_batch
from stampwell.receipts.refusals import ReceiptCodeRevoked
from stampwell.receipts.revoking import revoke_batch
from stampwell.receipts.rows import ReceiptBatchRow, list_batches, read_batch
from stampwell.receipts.worth import say_worth
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.dashboard.receipts.forms import ReceiptCodesForm
from stampwell.web.printed_receipt_codes import PAPERS, PrintedCodes, draw_receipt_codes

ON_A_PAGE = 50
CODES_IN_A_FILE = 480  # of a PDF: twenty sheets of A4
PAPER_WORDS: dict[str, str | Promise] = {
    "a4": gettext_lazy("A4, 24 labels"),
    "label": gettext_lazy("Label, 62 mm"),
    "receipt": gettext_lazy("Receipt, 80 mm"),
}


class ShownBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as the list and its page show it. `share` is of its codes that were claimed."""

    id: str
    row: ReceiptBatchRow
    program: str
    worth: str
    figures: BatchFigures
    share: str
    is_over: bool


@require_safe
@for_managers
def list_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    before = request.GET.get("before", "")
    with merchant_reads(desk.merchant.id) as tx:
        found = list_batches(tx, before=wanted_id("rcb", before) if before else None, most=ON_A_PAGE + 1)
        figures = figures_of(tx, [one.id for one in found])
    shown = _show_all(desk.merchant, found[:ON_A_PAGE], figures)
    older = shown[-1].id if len(found) > ON_A_PAGE else ""
    context = {"desk": desk, "here": "programs", "batches": shown, "older": older, "is_first_page": not before}
    return render(request, "dashboard/receipt_codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = ReceiptCodesForm(request.POST if request.method == "POST" else None, shop=desk.merchant)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK)
    said = do_once(request, desk, lambda: _make(desk, form))
    if said.made is None:
        return _ask(request, desk, form, HTTPStatus.CONFLICT, said)
    messages.success(request, said.text)
    return redirect("receipt_batch", public_id("rcb", said.made))


@require_safe
@for_managers
def batch_page(request: HttpRequest, desk: Desk, batch: str) -> HttpResponse:
    shown = _find(desk, batch)
    parts = range(1, -(-shown.row.size // CODES_IN_A_FILE) + 1)
    context = {
        "desk": desk,
        "here": "programs",
        "batch": shown,
        "papers": [(paper, PAPER_WORDS[paper]) for paper in PAPERS],
        "parts": parts if len(parts) > 1 else (),
    }
    return render(request, "dashboard/receipt_batch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def revoke(request: HttpRequest, desk: Desk, batch: str) -> HttpResponse:
    shown = _find(desk, batch)
    if request.method == "POST":
        revoke_batch(desk.merchant, shown.row.id, actor=desk.actor())
        messages.success(request, _("The codes are withdrawn. Nobody can use them any more."))
        return redirect("receipt_batch", shown.id)
    return render(request, "dashboard/receipt_batch_off.html", {"desk": desk, "here": "programs", "batch": shown})


@require_safe
@for_managers
def codes_file(request: HttpRequest, desk: Desk, batch: str) -> HttpResponse:
    """All codes with their links, for a till or a printer. Refuses: NotFound, ReceiptCodeRevoked."""
    row = _printable(desk, batch)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "code", "url"])  # for machines, so in no language
    for number, code in enumerate(codes_of(row), 1):
        writer.writerow([number, code, guarded(code_url(desk.merchant.slug, code))])
    return as_file(text.getvalue().encode(), "text/csv; charset=utf-8", f"{_file_name(row)}.csv")


@require_safe
@for_managers
def codes_sheet(request: HttpRequest, desk: Desk, batch: str, paper: str) -> HttpResponse:
    """`?part=` is which part of a large batch. Refuses: NotFound, ReceiptCodeRevoked."""
    row, part = _printable(desk, batch), request.GET.get("part", "1")
    first = (int(part) - 1) * CODES_IN_A_FILE if part.isascii() and part.isdecimal() and len(part) < 5 else -1
    if paper not in PAPERS or not 0 <= first < row.size:
        raise NotFound
    codes = list(codes_of(row, first=first, most=CODES_IN_A_FILE))
    pdf = draw_receipt_codes(_as_printed(desk.merchant, row, codes), desk.merchant.locale, paper=paper)
    return as_file(pdf, "application/pdf", f"{_file_name(row)}-{paper}-{part}.pdf")


def _ask(
    request: HttpRequest, desk: Desk, form: ReceiptCodesForm, status: HTTPStatus, refused: Said | None = None
) -> HttpResponse:
    context = {
        "desk": desk,
        "here": "programs",
        "form": form,
        "refused": refused,
        "once": new_key(),
        "has_program": bool(programs_with_stamps(desk.merchant)),
    }
    return render(request, "dashboard/new_receipt_codes.html", context, status=status)


def _make(desk: Desk, form: ReceiptCodesForm) -> Said:
    """Refuses as `make_batch` does."""
    given = form.cleaned_data
    made = make_batch(desk.merchant, form.wanted(), size=given["size"], name=given["name"], actor=desk.actor())
    return Said(_("The codes are ready. Print them, or take them as a file."), made=made.id)


def _find(desk: Desk, batch: str) -> ShownBatch:
    """Refuses: NotFound."""
    with merchant_reads(desk.merchant.id) as tx:
        row = read_batch(tx, wanted_id("rcb", batch))
        figures = figures_of(tx, [row.id])
    return _show_all(desk.merchant, [row], figures)[0]


def _printable(desk: Desk, batch: str) -> ReceiptBatchRow:
    """Refuses: NotFound, ReceiptCodeRevoked."""
    with merchant_reads(desk.merchant.id) as tx:
        row = read_batch(tx, wanted_id("rcb", batch))
    if row.kind != "batch":
        raise NotFound
    if row.revoked:
        raise ReceiptCodeRevoked
    return row


def _show_all(merchant: Merchant, rows: list[ReceiptBatchRow], figures: dict[UUID, BatchFigures]) -> list[ShownBatch]:
    names, at = _program_names(merchant), now()
    shown = []
    for row in rows:
        counted = figures.get(row.id) or BatchFigures(row.id, 0, None)
        one = ShownBatch(
            id=public_id("rcb", row.id),
            row=row,
            program=names.get(row.program_id, ""),
            worth=say_worth(row),
            figures=counted,
            share=format_percent(counted.claimed / row.size),
            is_over=row.expires <= at,
        )
        shown.append(one)
    return shown


def _program_names(merchant: Merchant) -> dict[UUID, str]:
    found = Program.objects.filter(merchant=merchant)
    return {one.id: program_name(terms_of(merchant.id, one.current_version_id)) for one in found}


def _as_printed(merchant: Merchant, row: ReceiptBatchRow, codes: list[str]) -> PrintedCodes:
    return PrintedCodes(
        shop=merchant.name,
        worth=lambda: say_worth(row),
        expires=row.expires,
        time_zone=merchant.time_zone,
        codes=[(code, code_url(merchant.slug, code)) for code in codes],
    )


def _file_name(row: ReceiptBatchRow) -> str:
    return f"receipt-codes-{slug_of(row.name, most=40) or row.id.hex[-8:]}"

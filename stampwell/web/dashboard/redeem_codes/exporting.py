"""Codes as a file for the till: what is free in a list, or a batch."""

from http import HTTPStatus

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from stampwell.ids import wanted_id
from stampwell.redeem_codes.asking import find_batch
from stampwell.redeem_codes.exporting import export_codes
from stampwell.redeem_codes.pools import find_pool
from stampwell.redeem_codes.till_file_words import TILL_NAMES, TILL_STEPS
from stampwell.refusal import Refusal
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import refused
from stampwell.web.dashboard.redeem_codes.exporting_forms import ExportCodesForm
from stampwell.web.dashboard.redeem_codes.pages import HERE
from stampwell.web.dashboard.redeem_codes.shown import show_batch
from stampwell.web.recent_sign_in import confirm_first, is_recent


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def export_page(request: HttpRequest, desk: Desk, pool: str, codes: str = "") -> HttpResponseBase:
    row, said = find_pool(desk.merchant.id, wanted_id("cdp", pool)), None
    batch = find_batch(desk.merchant.id, row.id, wanted_id("cdb", codes)) if codes else None
    form = ExportCodesForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not is_recent(request):
            return confirm_first(request.path)
        wanted = form.wanted()
        try:
            file = export_codes(desk.merchant, row.id, wanted, batch_id=batch.id if batch else None, actor=desk.actor())
            name = f"{codes or pool}-{wanted.till}.{wanted.ending}"
            return FileResponse(file, as_attachment=True, filename=name, content_type=wanted.content_type)
        except Refusal as refusal:
            said = refused(desk, refusal)
    context = {
        "desk": desk,
        "here": HERE,
        "form": form,
        "refused": said,
        "pool_id": pool,
        "row": row,
        "codes": show_batch(batch, places={}) if batch else None,
        "steps": [(TILL_NAMES[till], words) for till, words in TILL_STEPS.items()],
    }
    status = HTTPStatus.OK if not form.is_bound else HTTPStatus.CONFLICT if said else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "dashboard/export_codes.html", context, status=status)

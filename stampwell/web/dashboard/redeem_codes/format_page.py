"""How the codes of a list are shown: changed later, and tried before at the till's scanner with a made-up code."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.ids import wanted_id
from stampwell.redeem_codes.changing_format import change_format
from stampwell.redeem_codes.made_up import made_up_code
from stampwell.redeem_codes.pools import find_pool, shown_in
from stampwell.redeem_codes.rows import PoolRow
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, refused
from stampwell.web.dashboard.programs.printed_trials import Drawn, draw_trial, in_other_formats
from stampwell.web.dashboard.redeem_codes.forms import FormatForm
from stampwell.web.dashboard.redeem_codes.pages import HERE


class _MadeUp(msgspec.Struct, frozen=True):
    code: str | None
    shown: Drawn | None = None
    others: list[Drawn] = []


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def format_page(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    """`look` draws a made-up code as the form says, and changes nothing."""
    row = find_pool(desk.merchant.id, wanted_id("cdp", pool))
    data = request.POST if request.method == "POST" else None
    form, said = FormatForm(data, pool=row), None
    tried = msgspec.structs.replace(row, **form.chosen()) if form.is_bound and form.is_valid() else row
    if form.is_bound and form.is_valid() and "look" not in request.POST:
        said = _save(desk, row, form)
        if said is None:
            messages.success(request, _("Saved."))
            return redirect("code_pool", pool)
    made = _made_up(desk, tried)
    context = {"desk": desk, "here": HERE, "form": form, "refused": said, "pool_id": pool, "row": row}
    context |= {"code": made.code, "shown": made.shown, "others": made.others}
    is_wrong = said or (form.is_bound and not form.is_valid())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "dashboard/code_format.html", context, status=status)


def _save(desk: Desk, row: PoolRow, form: FormatForm) -> Said | None:
    """What is said where it was refused."""
    chosen = form.chosen()
    try:
        change_format(
            desk.merchant,
            row.id,
            code_format=chosen["format"],
            barcode_template=chosen["barcode_template"],
            actor=desk.actor(),
        )
    except Refusal as refusal:
        return refused(desk, refusal)
    return None


def _made_up(desk: Desk, tried: PoolRow) -> _MadeUp:
    with merchant_reads(desk.merchant.id) as tx:
        code = made_up_code(tx, tried)
    if code is None:
        return _MadeUp(None)
    held = shown_in(tried, code)
    shown = None if tried.format == "text" else draw_trial(held, tried.format)
    return _MadeUp(code, shown, in_other_formats(held, tried.format))

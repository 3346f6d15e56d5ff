"""Making codes here, where the till does not make them."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.ids import public_id, wanted_id
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.pools import find_open_pool
from stampwell.redeem_codes.rows import PoolRow
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.redeem_codes.making_forms import MakeCodesForm
from stampwell.web.dashboard.redeem_codes.pages import HERE


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def make_codes(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    row, said = find_open_pool(desk.merchant.id, wanted_id("cdp", pool)), None
    form = MakeCodesForm(request.POST if request.method == "POST" else None, shop=desk.merchant, pool=row)
    if form.is_bound and form.is_valid():
        said = do_once(request, desk, lambda: _make(desk, row, form))
        if said.made is not None:
            return redirect("code_file", pool, public_id("cdb", said.made))
    status = HTTPStatus.OK if not form.is_bound else HTTPStatus.CONFLICT if said else HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "desk": desk,
        "here": HERE,
        "form": form,
        "refused": said,
        "once": new_key(),
        "pool_id": pool,
        "row": row,
    }
    return render(request, "dashboard/make_codes.html", context, status=status)


def _make(desk: Desk, row: PoolRow, form: MakeCodesForm) -> Said:
    """Refuses as `ask_to_make` does."""
    made = ask_to_make(
        desk.merchant,
        row.id,
        form.recipe(),
        count=form.cleaned_data["count"],
        location_id=form.location_id,
        actor=desk.actor(),
    )
    return Said(_("The codes are being made."), made=made.id)

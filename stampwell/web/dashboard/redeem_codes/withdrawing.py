"""Withdrawing single codes of a list: a till refuses them, or somebody else knows them."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stampwell.ids import wanted_id
from stampwell.languages.formatting import format_number
from stampwell.languages.texts import clean_text
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.redeem_codes.pools import find_pool
from stampwell.vouchers.withdrawing_codes import NamedCode, withdraw_single_codes
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.redeem_codes.pages import HERE
from stampwell.web.dashboard.redeem_codes.withdrawing_forms import WithdrawCodesForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def withdraw_codes(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    """Sent twice it acts once. Codes that stay as they are stand in the form again, each with what is to be said of it.

    `look` brings a code from another page and withdraws nothing: a code stands in no address.
    """
    row = find_pool(desk.merchant.id, wanted_id("cdp", pool))
    left: list[NamedCode] = []
    if request.method != "POST" or "look" in request.POST:
        form = WithdrawCodesForm(initial={"codes": clean_text(request.POST.get("codes", "")[:LONGEST_CODE])})
    else:
        form = WithdrawCodesForm(request.POST)
        if form.is_valid():
            codes, reason = form.cleaned_data["codes"], form.cleaned_data["reason"]
            done = withdraw_single_codes(desk.merchant, row.id, codes, reason=reason, actor=desk.actor())
            left = [one for one in done if one.outcome != "withdrawn"]
            _tell(request, len(done) - len(left))
            if not left:
                return redirect("code_pool", pool)
            form = WithdrawCodesForm(initial={"codes": "\n".join(one.code for one in left), "reason": reason})
    context = {
        "desk": desk,
        "here": HERE,
        "form": form,
        "pool_id": pool,
        "row": row,
        "used": [one.code for one in left if one.outcome == "used"],
        "unknown": [one.code for one in left if one.outcome == "unknown"],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/withdraw_codes.html", context, status=status)


def _tell(request: HttpRequest, withdrawn: int) -> None:
    if withdrawn:
        told = ngettext(
            "%(shown)s code is withdrawn. No voucher gets it any more.",
            "%(shown)s codes are withdrawn. No voucher gets them any more.",
            withdrawn,
        )
        messages.success(request, told % {"shown": format_number(withdrawn)})

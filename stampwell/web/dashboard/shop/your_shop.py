"""The shop itself: what it is called, in which language it writes, in which money it counts."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.programs.currency import change_merchant, why_currency_stays
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.shop.forms import YourShopForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def your_shop(request: HttpRequest, desk: Desk) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    refusal = why_currency_stays(desk.merchant)
    stays = desk.explain(refusal).staff_message if refusal else ""
    form = YourShopForm(data, shop=desk.merchant, currency_stays=stays)
    if not (form.is_bound and form.is_valid()):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"desk": desk, "here": "settings", "form": form}
        return render(request, "dashboard/your_shop.html", context, status=status)
    change_merchant(desk.merchant, **form.cleaned_data, actor=desk.actor())
    messages.success(request, _("Saved."))
    return redirect("settings")

"""How much staff may give at once, on a day without a manager, and without a connection: set by the owner."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.merchants.changing import change_staff_limits
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.shop.forms import StaffLimitsForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="staff_limits")
def staff_limits(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = StaffLimitsForm(request.POST if request.method == "POST" else None, shop=desk.merchant)
    if not (form.is_bound and form.is_valid()):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"desk": desk, "here": "settings", "form": form}
        return render(request, "dashboard/staff_limits.html", context, status=status)
    change_staff_limits(
        desk.merchant,
        most_stamps_at_once=form.cleaned_data["most_stamps_at_once"],
        most_stamps_with_override=form.cleaned_data["most_stamps_with_override"],
        protection=form.protection,
        offline_rewards=form.offline_rewards,
        actor=desk.actor(),
    )
    messages.success(request, _("Saved."))
    return redirect("settings")

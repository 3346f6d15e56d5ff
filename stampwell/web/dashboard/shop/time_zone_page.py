"""Another time zone for the shop: what moves and what stays is read before it is done."""

from http import HTTPStatus
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.clock import now
from stampwell.insight.time_zone import change_time_zone
from stampwell.languages.formatting import format_list, format_moment
from stampwell.merchants.local_time import Clock, zone_of
from stampwell.vouchers.rows import count_ending
from stampwell.web.dashboard.country_defaults import list_time_zones
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.lookup import locations_of


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = list_time_zones()  # type: ignore[attr-defined]


class Sheet(msgspec.Struct, frozen=True):
    """What moves with the clock of the shop, and what stays."""

    before: str
    after: str
    moving: str
    staying: str
    open_rewards: int


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def time_zone_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    present = {"time_zone": desk.merchant.time_zone}
    form = TimeZoneForm(given if "time_zone" in given else None, initial=present)
    is_clear = form.is_bound and form.is_valid()
    if is_clear and request.method == "POST":
        change_time_zone(desk.merchant, form.cleaned_data["time_zone"], actor=desk.actor())
        messages.success(request, _("Saved. The figures are being counted anew."))
        return redirect("settings")
    wanted = form.cleaned_data["time_zone"] if is_clear else ""
    context = {
        "desk": desk,
        "here": "settings",
        "form": form,
        "wanted": wanted,
        "sheet": _sheet(desk, wanted) if wanted and wanted != desk.merchant.time_zone else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "dashboard/time_zone.html", context, status=status)


def _sheet(desk: Desk, wanted: str) -> Sheet:
    at, present = now(), desk.merchant.time_zone
    places = locations_of(desk.merchant)
    return Sheet(
        before=format_moment(at, zone_of(desk.merchant)),
        after=format_moment(at, zone_of(Clock(wanted))),
        moving=format_list([place.name for place in places if place.time_zone == present]),
        staying=format_list([place.name for place in places if place.time_zone not in (present, wanted)]),
        open_rewards=count_ending(desk.merchant.id),
    )

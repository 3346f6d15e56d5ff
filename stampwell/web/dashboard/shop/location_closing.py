"""Closing a location for good: what becomes of its devices and keys; and the page of one that is closed."""

from http import HTTPStatus
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.ids import private_id, public_id, wanted_id
from stampwell.merchants.closing_locations import LastLocation, close_location, open_location, stations_at
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import ApiKey, Location, Station
from stampwell.refusal import Refusal
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.lookup import locations_of

SWITCH_OFF = "off"


class DevicesForm(forms.Form):
    """A field for each device: where it goes, or that it is switched off. The only other place is proposed."""

    def __init__(self, *args: Any, stations: list[Station], places: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stations = stations
        choices = [
            ("", gettext_lazy("Choose a place")),
            *((public_id("loc", place.id), place.name) for place in places),
            (SWITCH_OFF, pgettext_lazy("a device", "Switch it off")),
        ]
        proposed = public_id("loc", places[0].id) if len(places) == 1 else ""
        for station in stations:
            self.fields[public_id("stn", station.id)] = forms.ChoiceField(
                label=station.name,
                choices=choices,
                initial=proposed,
                error_messages={"required": gettext_lazy("Choose where this device goes, or switch it off.")},
            )

    @property
    def moves(self) -> dict[Any, Any]:
        chosen = ((one.id, self.cleaned_data[public_id("stn", one.id)]) for one in self.stations)
        return {station_id: private_id("loc", place) for station_id, place in chosen if place != SWITCH_OFF}


class Closing(msgspec.Struct, frozen=True):
    """What the form asks and says; `last` refuses, where no other location is open."""

    form: DevicesForm
    keys: int
    last: LastLocation | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def close_page(request: HttpRequest, desk: Desk, location: str) -> HttpResponse:
    found = find_location(desk.merchant.id, wanted_id("loc", location))
    if found.closed:
        return redirect("change_location", location)
    closing = closing_of(desk, found, request.POST if request.method == "POST" else None)
    form = closing.form
    if form.is_bound and form.is_valid():
        try:
            close_location(desk.merchant, found.id, moves=form.moves, actor=desk.actor())
        except Refusal as refusal:
            said = desk.explain(refusal)
            form.add_error(None, f"{said.staff_message} {said.what_to_do}")
        else:
            messages.success(request, _("The location is closed. Its history stays."))
            return redirect("settings")
    context = {"desk": desk, "here": "settings", "closing": closing, "location": found, "location_id": location}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/close_location.html", context, status=status)


@require_POST
@for_managers
def reopen(request: HttpRequest, desk: Desk, location: str) -> HttpResponse:
    open_location(desk.merchant, wanted_id("loc", location), actor=desk.actor())
    messages.success(request, _("The location is open again. Connect its devices anew."))
    return redirect("settings")


def show_closed(request: HttpRequest, desk: Desk, location: Location) -> HttpResponse:
    """In place of the form: a closed location is not changed."""
    context = {
        "desk": desk,
        "here": "settings",
        "location": location,
        "location_id": public_id("loc", location.id),
        "keys": _keys_of(location),
    }
    status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
    return render(request, "dashboard/closed_location.html", context, status=status)


def closing_of(desk: Desk, location: Location, typed: QueryDict | None = None) -> Closing:
    """Devices that were ever connected: an invitation that nobody has opened simply ends."""
    stations = [one for one in stations_at(desk.merchant, location.id) if one.secret_hash is not None]
    places = [place for place in locations_of(desk.merchant) if place.id != location.id]
    form = DevicesForm(typed, stations=stations, places=places)
    return Closing(form, _keys_of(location), None if places else LastLocation())


def _keys_of(location: Location) -> int:
    return ApiKey.objects.filter(merchant=location.merchant, location_id=location.id, revoked__isnull=True).count()

"""Making a device a station by its link. Asked first, done by a tap: a messenger that looks at the link for a preview
does not use it up.
"""

from collections.abc import Callable

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.enrolling import EnrolmentEnded, enrol_station, find_enrolment
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant, Station
from stampwell.web.stations.guarding import as_counter_page
from stampwell.web.stations.presence import choose_staff_locale, find_counter, remember_station


class Enrolment(msgspec.Struct, frozen=True):
    """How a kind of station is made: the page that asks, where its device goes on, and where it is at home.

    `on_made` does what else the answer to the new station needs.
    """

    kind: Station.Kind
    page: str
    goes_on: str
    home: str
    on_made: Callable[[HttpResponse], None] = lambda _response: None


def enrolling(how: Enrolment) -> Callable[..., HttpResponse]:
    """The view behind the links of this kind."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def enrol(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
        merchant = find_merchant(slug) if "\0" not in slug else None
        try:
            if merchant is None:
                raise EnrolmentEnded
            with translation.override(choose_staff_locale(request, merchant)):
                return as_counter_page(_answer(request, how, merchant, secret))
        except EnrolmentEnded as ended:
            return _ended(request, how, ended)

    return enrol


def _answer(request: HttpRequest, how: Enrolment, merchant: Merchant, secret: str) -> HttpResponse:
    invited = find_enrolment(merchant, secret)
    if invited.kind != how.kind:
        raise EnrolmentEnded
    refuse_if_closed(merchant)
    if request.method == "POST":
        with while_open():
            return _enrol(how, merchant, secret)
    location = find_location(merchant.id, invited.location_id)
    return render(request, how.page, {"merchant": merchant, "location": location, "station": invited})


def _enrol(how: Enrolment, merchant: Merchant, secret: str) -> HttpResponse:
    station, credential = enrol_station(merchant, secret)
    response = redirect(how.goes_on)
    remember_station(response, merchant, station, credential)
    how.on_made(response)
    return response


def _ended(request: HttpRequest, how: Enrolment, ended: EnrolmentEnded) -> HttpResponse:
    """The device that used the link up and opens it again is a station already, and is told so."""
    if find_counter(request, how.kind):
        return redirect(how.home)
    return as_counter_page(render(request, "stations/enrolment_ended.html", {"said": ended}, status=404))

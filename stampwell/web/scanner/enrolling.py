"""Making a phone a scanner by its link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.enrolling import EnrolmentEnded, enrol_station, find_enrolment
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant, Station
from stampwell.web.scanner.guarding import as_counter_page
from stampwell.web.scanner.presence import choose_staff_locale, find_counter, forget_shift, remember_station


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Asked first, done by a tap: a messenger that looks at the link for a preview does not use it up."""
    merchant = find_merchant(slug) if "\0" not in slug else None
    try:
        if merchant is None:
            raise EnrolmentEnded
        with translation.override(choose_staff_locale(request, merchant)):
            return as_counter_page(_answer(request, merchant, secret))
    except EnrolmentEnded as ended:
        return _ended(request, ended)


def _answer(request: HttpRequest, merchant: Merchant, secret: str) -> HttpResponse:
    invited = find_enrolment(merchant, secret)
    if invited.kind != Station.Kind.SCANNER:
        raise EnrolmentEnded
    refuse_if_closed(merchant)
    if request.method == "POST":
        with while_open():
            return _enrol(merchant, secret)
    location = find_location(merchant.id, invited.location_id)
    context = {"merchant": merchant, "location": location, "station": invited}
    return render(request, "scanner/enrol.html", context)


def _enrol(merchant: Merchant, secret: str) -> HttpResponse:
    station, credential = enrol_station(merchant, secret)
    response = redirect("scanner_people")
    remember_station(response, merchant, station, credential)
    forget_shift(response)
    return response


def _ended(request: HttpRequest, ended: EnrolmentEnded) -> HttpResponse:
    """The phone that used the link up and opens it again is a scanner already, and is told so."""
    if find_counter(request):
        return redirect("scanner")
    return as_counter_page(render(request, "scanner/enrolment_ended.html", {"said": ended}, status=404))

"""The page that listens to the barcode scanner."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.web.autopilot.guarding import at_autopilot
from stampwell.web.stations.presence import Counter
from stampwell.web.visitors import milliseconds


@require_safe
@at_autopilot
def show(request: HttpRequest, counter: Counter) -> HttpResponse:
    return render(request, "autopilot/autopilot.html", {"counter": counter, "server_now": milliseconds(now())})


@require_safe
@at_autopilot
def tell_state(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Whether the link is up and the device still an autopilot."""
    return HttpResponse(status=204)

"""The page that listens to the barcode scanner."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.merchants.models import Station
from stampwell.web.autopilot.guarding import at_autopilot
from stampwell.web.autopilot.scanner_signs import SIGNS, draw_signs
from stampwell.web.headers import POLICY
from stampwell.web.stations.offline_facts import facts_for_nobody
from stampwell.web.stations.presence import Counter
from stampwell.web.stations.shell import answer_worker
from stampwell.web.visitors import milliseconds


@require_safe
@at_autopilot
def show(request: HttpRequest, counter: Counter) -> HttpResponse:
    facts = {"server_now": milliseconds(now()), "offline_facts": facts_for_nobody(counter)}
    return _may_read_scanners(render(request, "autopilot/autopilot.html", _context(counter) | facts))


@require_safe
@at_autopilot
def offline(request: HttpRequest, counter: Counter) -> HttpResponse:
    return _may_read_scanners(HttpResponse(_draw_kept(counter)))


@require_safe
@at_autopilot
def service_worker(request: HttpRequest, counter: Counter) -> HttpResponse:
    page, page_url = _draw_kept(counter), reverse("autopilot_offline")
    return answer_worker(request, Station.Kind.AUTOPILOT, page=page, page_url=page_url, credentials="same-origin")


def _may_read_scanners(response: HttpResponse) -> HttpResponse:
    """No other page may ask the browser for what is plugged in."""
    response.headers["Permissions-Policy"] = POLICY.replace("hid=(), serial=()", "hid=(self), serial=(self)")
    return response


def _draw_kept(counter: Counter) -> str:
    """The page as the till keeps it for when it is opened without a connection; it names the place and the device."""
    return render_to_string("autopilot/autopilot.html", _context(counter) | {"server_now": 0, "kept": True})


def _context(counter: Counter) -> dict[str, object]:
    return {"counter": counter, "scanner_signs": SIGNS, "scanner_code": draw_signs()}


@require_safe
@at_autopilot
def tell_state(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Whether the link is up and the device still an autopilot."""
    return HttpResponse(status=204)

"""Scans that the autopilot had kept, and the key with which it signs them."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import Station
from stampwell.web.autopilot.guarding import acting
from stampwell.web.autopilot.lines import Line
from stampwell.web.stations.answering import same_scan
from stampwell.web.stations.kept_scans import Door, Result, answer_device_key, batches_of, is_good
from stampwell.web.stations.presence import Counter


def _show(result: Result) -> Line:
    html = render_to_string("autopilot/lines/kept.html", {"result": result}).strip()
    return Line(outcome="stamped" if is_good(result) else "refused", tone=result.tone, html=html)


take_batch = batches_of(
    Door(Station.Kind.AUTOPILOT, lambda station, line: same_scan(station, line.key, line.code), _show)
)


@acting
def take_device_key(request: HttpRequest, counter: Counter) -> HttpResponse:
    return answer_device_key(request, counter, itself(counter.station))

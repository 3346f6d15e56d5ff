"""Scans that the autopilot had kept, and the key with which it signs them."""

from django.http import HttpRequest, HttpResponse

from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import Station
from stampwell.web.autopilot.guarding import acting
from stampwell.web.autopilot.lines import show_kept
from stampwell.web.stations.answering import same_scan
from stampwell.web.stations.kept_scans import Door, answer_device_key, batches_of
from stampwell.web.stations.presence import Counter

take_batch = batches_of(
    Door(Station.Kind.AUTOPILOT, lambda station, line: same_scan(station, line.key, line.code), show_kept)
)


@acting
def take_device_key(request: HttpRequest, counter: Counter) -> HttpResponse:
    return answer_device_key(request, counter, itself(counter.station))

"""Scans that the page had kept, and the phone's key, for which somebody has to have signed in."""

from django.http import HttpRequest, HttpResponse

from stampwell.merchants.models import Station
from stampwell.offline.lines import Line
from stampwell.web.scanner.guarding import acting
from stampwell.web.scanner.presence import Shift
from stampwell.web.scanner.same_scans import Scan, fingerprint_of_scan, show_kept
from stampwell.web.stations.kept_scans import Door, answer_device_key, batches_of


def _same_scan(station: Station, line: Line) -> bytes:
    return fingerprint_of_scan(station, Scan(key=line.key, code=line.code, count=line.count, amount=line.amount))


take_batch = batches_of(Door(Station.Kind.SCANNER, _same_scan, show_kept))


@acting
def take_device_key(request: HttpRequest, shift: Shift) -> HttpResponse:
    return answer_device_key(request, shift.counter, shift.actor)

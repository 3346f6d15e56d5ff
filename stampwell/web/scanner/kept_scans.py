"""Scans that the page had kept, and the phone's key, for which somebody has to have signed in."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.merchants.models import Station
from stampwell.offline.lines import Line
from stampwell.web.scanner.acts import Scan, fingerprint_of_scan
from stampwell.web.scanner.guarding import acting
from stampwell.web.scanner.panels import Panel
from stampwell.web.scanner.presence import Shift
from stampwell.web.stations.kept_scans import Door, Result, answer_device_key, batches_of, is_good


def _same_scan(station: Station, line: Line) -> bytes:
    return fingerprint_of_scan(station, Scan(key=line.key, code=line.code, count=line.count, amount=line.amount))


def _show(result: Result) -> Panel:
    html = render_to_string("scanner/panels/kept.html", {"result": result}).strip()
    return Panel(outcome="stamped" if is_good(result) else "refused", tone=result.tone, html=html)


take_batch = batches_of(Door(Station.Kind.SCANNER, _same_scan, _show))


@acting
def take_device_key(request: HttpRequest, shift: Shift) -> HttpResponse:
    return answer_device_key(request, shift.counter, shift.actor)

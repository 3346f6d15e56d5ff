"""Scans that the kiosk had kept, and the key with which it signs them."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.languages.offered import active_locale, direction_of
from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import Station
from stampwell.web.kiosk.guarding import acting
from stampwell.web.kiosk.panels import Panel
from stampwell.web.stations.answering import Told, same_scan
from stampwell.web.stations.kept_scans import Door, Result, answer_device_key, batches_of, is_good
from stampwell.web.stations.presence import Counter


def _show(result: Result, _told: Told) -> Panel:
    context = {"result": result, "locale": active_locale(), "direction": direction_of(active_locale())}
    html = render_to_string("kiosk/panels/kept.html", context).strip()
    return Panel(outcome="stamped" if is_good(result) else "refused", tone=result.tone, html=html)


take_batch = batches_of(Door(Station.Kind.KIOSK, lambda station, line: same_scan(station, line.key, line.code), _show))


@acting
def take_device_key(request: HttpRequest, counter: Counter) -> HttpResponse:
    return answer_device_key(request, counter, itself(counter.station))

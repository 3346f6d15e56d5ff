"""What staff change at the kiosk itself, behind their PIN: its limits, and that it is a kiosk at all."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.events.actors import Actor
from stampwell.ids import private_id, public_id
from stampwell.languages.explaining import explain
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.managers import managers_with_pin
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import WrongPin, open_with_pin
from stampwell.merchants.station_rules import change_station_rules
from stampwell.requests.limits import TooManyAttempts
from stampwell.web.kiosk.guarding import at_kiosk
from stampwell.web.kiosk.locking import lock, unlock, who_opened
from stampwell.web.refusals import STATUS
from stampwell.web.seen import note_refusal
from stampwell.web.stations.presence import Counter
from stampwell.web.stations.rules_forms import KioskRulesForm
from stampwell.web.typed_fields import ask_again


@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def open_settings(request: HttpRequest, counter: Counter) -> HttpResponse:
    people = managers_with_pin(counter.merchant)
    wanted = private_id("stf", request.POST.get("person", ""))
    member = next((one for one in people if one.id == wanted), people[0] if len(people) == 1 else None)
    context: dict[str, object] = {
        "counter": counter,
        "people": [(public_id("stf", one.id), one.name) for one in people],
        "chosen": public_id("stf", member.id) if member else "",
    }
    if request.method != "POST" or member is None:
        return render(request, "kiosk/unlock.html", context)
    try:
        open_with_pin(counter.merchant, counter.station, member.id, request.POST.get("pin", "")[:20])
    except (WrongPin, TooManyAttempts) as refusal:
        note_refusal(refusal)
        said = explain(refusal, counter.zone)
        return render(request, "kiosk/unlock.html", context | {"said": said}, status=STATUS[refusal.kind])
    unlock(counter, member)
    return redirect("kiosk_settings")


@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def settings_page(request: HttpRequest, counter: Counter) -> HttpResponse:
    member = who_opened(counter)
    if member is None:
        return redirect("kiosk_unlock")
    form = KioskRulesForm.of(counter.station, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        change_station_rules(counter.merchant, counter.station.id, form.rules(), actor=_hand(counter, member))
        lock(counter)
        return redirect("kiosk")
    if form.is_bound:
        ask_again(form)
    context = {"counter": counter, "member": member, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "kiosk/settings.html", context, status=status)


@require_POST
@at_kiosk
def disconnect(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The tablet is a kiosk no longer, from this moment."""
    member = who_opened(counter)
    if member is None:
        return redirect("kiosk_unlock")
    revoke_station(counter.merchant, counter.station.id, actor=_hand(counter, member))
    return redirect("kiosk")


def _hand(counter: Counter, member: StaffMember) -> Actor:
    """A person of the shop, as at the desk, and told at which device."""
    station = counter.station
    return Actor(source="owner", location_id=station.location_id, station_id=station.id, staff_member_id=member.id)

"""Devices: connecting one as a scanner, a kiosk or an autopilot, what it may do alone, and switching it off."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.enrolling import ENROLMENT_LASTS, invite_station, rename_station, revoke_station
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import StaffMember, Station
from stampwell.merchants.pins import has_anybody_a_pin, locked_pins
from stampwell.merchants.shifts import who_works_at
from stampwell.merchants.station_rules import change_station_rules
from stampwell.merchants.team_words import KIND_WORDS
from stampwell.offline.deciding import to_decide_by_sender
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, tell
from stampwell.web.dashboard.lookup import locations_of
from stampwell.web.dashboard.no_https import why_no_scanning
from stampwell.web.dashboard.team.forms import KIND_PROMISES, StationForm, StationNameForm
from stampwell.web.stations.rules_forms import RULES_FORMS, AutopilotRulesForm, KioskRulesForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_station(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = StationForm(request.POST if request.method == "POST" else None, locations=locations_of(desk.merchant))
    if not (form.is_bound and form.is_valid()):
        return _show_form(request, desk, form)

    def act() -> Said:
        location = find_location(desk.merchant.id, wanted_id("loc", form.cleaned_data["location"]))
        station, secret = invite_station(
            desk.merchant,
            location,
            kind=form.cleaned_data["kind"],
            name=form.cleaned_data["name"],
            actor=desk.actor(),
        )
        return Said("", secret=secret, made=station.id)

    said = do_once(request, desk, act)
    if not said.done:
        tell(request, said)
        return _show_form(request, desk, form)
    return _show_invitation(request, desk, said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def station_page(request: HttpRequest, desk: Desk, station: str) -> HttpResponse:
    """What it is and where; its name can be changed until it is switched off, and its history stays."""
    found = _find(desk, station)
    form = StationNameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    rules = _rules_form(request, found)
    if form.is_bound and form.is_valid() and (rules is None or rules.is_valid()):
        with merchant_transaction(desk.merchant.id):
            rename_station(desk.merchant, found.id, form.cleaned_data["name"], actor=desk.actor())
            if rules is not None:
                change_station_rules(desk.merchant, found.id, rules.rules(), actor=desk.actor())
        messages.success(request, _("Saved."))
        return redirect("team")
    context = {
        "desk": desk,
        "here": "team",
        "station": found,
        "station_id": station,
        "place": find_location(desk.merchant.id, found.location_id).name,
        "journal": f"dev_{found.id.hex}",
        "form": form,
        "rules": rules,
        "kind": KIND_WORDS[Station.Kind(found.kind)],
        "person": _who_works_at(desk, found),
        "is_locked": found.id in locked_pins(desk.merchant, ()),
        "moment": now(),
        "to_decide": to_decide_by_sender(desk.merchant.id).get(found.id, 0),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/station.html", context, status=status)


def _rules_form(request: HttpRequest, station: Station) -> KioskRulesForm | AutopilotRulesForm | None:
    """None for a scanner: what may be done there is for whoever is signed in."""
    form = RULES_FORMS.get(Station.Kind(station.kind))
    return form.of(station, request.POST if request.method == "POST" else None) if form else None


def _who_works_at(desk: Desk, station: Station) -> str:
    member_id = who_works_at(station)
    if member_id is None:
        return ""
    member = StaffMember.objects.filter(merchant=desk.merchant, id=member_id, left__isnull=True).first()
    return member.name if member else ""


def _find(desk: Desk, station: str) -> Station:
    """Also one that was switched off. Refuses: NotFound."""
    found = Station.objects.filter(merchant=desk.merchant, id=wanted_id("stn", station)).first()
    if found is None:
        raise NotFound
    return found


def _show_form(request: HttpRequest, desk: Desk, form: StationForm) -> HttpResponse:
    context = {
        "desk": desk,
        "here": "team",
        "form": form,
        "promises": KIND_PROMISES,
        "once": new_key(),
        "no_https": why_no_scanning(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/new_station.html", context, status=status)


def _show_invitation(request: HttpRequest, desk: Desk, said: Said) -> HttpResponse:
    """The code that makes a device this station: in this one answer, and in its repetition, but never again."""
    assert said.made is not None, "an invitation is for a station"
    station = Station.objects.get(merchant=desk.merchant, id=said.made)
    link = f"{settings.BASE_URL}/{station.kind}/enrol/{desk.merchant.slug}/{said.secret}"
    context = {
        "desk": desk,
        "here": "team",
        "station": station,
        "station_id": public_id("stn", station.id),
        "link": link,
        "no_https": why_no_scanning(),
        "qr": mark_safe(draw_qr(link)),  # noqa: S308 - drawn by us from our own link
        "minutes": int(ENROLMENT_LASTS.total_seconds() // 60),
    }
    return render(request, "dashboard/station_invited.html", context)


@require_safe
@for_managers
def station_state(request: HttpRequest, desk: Desk, station: str) -> HttpResponse:
    """Whether the phone has opened the link yet; asked by the page that shows the code."""
    found = _find(desk, station)
    expired = found.enrolled is None and (found.enrolment_expires is None or found.enrolment_expires <= now())
    has_pin = has_anybody_a_pin(desk.merchant)
    context = {"station": found, "station_id": station, "is_expired": expired, "has_pin": has_pin}
    return render(request, "dashboard/parts/station_state.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def switch_off_station(request: HttpRequest, desk: Desk, station: str) -> HttpResponse:
    """Asks once more, for a phone in somebody's hand stops working at this moment."""
    found = Station.objects.filter(merchant=desk.merchant, id=wanted_id("stn", station), revoked__isnull=True).first()
    if found is None:
        raise NotFound
    if request.method != "POST":
        context = {"desk": desk, "here": "team", "station": found, "station_id": station}
        return render(request, "dashboard/station_off.html", context)
    revoke_station(desk.merchant, found.id, actor=desk.actor())
    messages.success(request, _("The device is switched off and can no longer be used."))
    return redirect("team")

"""The settings of the shop: its places and the keys of its programs."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.clock import now
from stampwell.events.desk_changes import changed
from stampwell.ids import private_id, public_id, wanted_id
from stampwell.merchants.access import Scope
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.describing import describe_location
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.holidays import Holiday, read_holidays
from stampwell.merchants.hours import Week
from stampwell.merchants.location_drafts import LocationChangedMeanwhile, marks_after
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import ApiKey, Location
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.country_defaults import name_time_zone
from stampwell.web.dashboard.desk import Desk, for_everyone, for_managers, for_owners
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, refused, tell
from stampwell.web.dashboard.lookup import all_locations_of, locations_of
from stampwell.web.dashboard.no_https import why_no_scanning
from stampwell.web.dashboard.shop.forms import SCOPE_WORDS, ApiKeyForm, LocationForm, of_location
from stampwell.web.dashboard.shop.holiday_forms import posted_rows, rearranged_rows, rows_of
from stampwell.web.dashboard.shop.location_closing import closing_of, show_closed
from stampwell.web.dashboard.shop.opening_hours import hours_of, posted_hours, rearranged_hours
from stampwell.web.dashboard.shop.position import map_link
from stampwell.web.headers import POLICY


@require_safe
@for_everyone
def settings_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    locations = all_locations_of(desk.merchant)
    context = {
        "desk": desk,
        "here": "settings",
        "no_https": why_no_scanning(),
        "time_zone": name_time_zone(desk.merchant.time_zone),
        "locations": [(public_id("loc", location.id), location) for location in locations if not location.closed],
        "closed_locations": [(public_id("loc", location.id), location) for location in locations if location.closed],
    }
    return render(request, "dashboard/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_location(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = _location_form(request, {"time_zone": desk.merchant.time_zone}, {}, [])
    if not (form.is_bound and form.is_valid()):
        return _show_location(request, desk, form, None)

    def act() -> Said:
        add_location(desk.merchant, form.draft, actor=desk.actor())
        return Said(_("The location has been added."))

    said = do_once(request, desk, act)
    tell(request, said)
    return redirect("settings") if said.done else _show_location(request, desk, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit_location(request: HttpRequest, desk: Desk, location: str) -> HttpResponse:
    found = find_location(desk.merchant.id, wanted_id("loc", location))
    if found.closed:
        return show_closed(request, desk, found)
    form = _location_form(request, of_location(found), found.opening_hours, read_holidays(found.holidays))
    if not (form.is_bound and form.is_valid()):
        return _show_location(request, desk, form, found)
    draft, seen = form.draft, form.cleaned_data["seen"]
    everywhere = form.cleaned_data["holidays_everywhere"]
    try:
        change_location(desk.merchant, found.id, draft, seen=seen, holidays_everywhere=everywhere, actor=desk.actor())
    except LocationChangedMeanwhile as refusal:
        found = find_location(desk.merchant.id, found.id)  # as somebody else has left it
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = marks_after(draft, describe_location(found), seen=seen)  # type: ignore[index]
        return _show_location(request, desk, form, found, refused=refused(desk, refusal))
    messages.success(request, _("Saved."))
    return redirect("settings")


def _location_form(request: HttpRequest, initial: dict[str, Any], week: Week, holidays: list[Holiday]) -> LocationForm:
    if request.method != "POST":
        return LocationForm(hours=hours_of(week), holidays=rows_of(holidays), initial=initial)
    sent = request.POST
    if "act" in sent:  # a button that only rearranges hours or holidays: nothing is checked or kept
        rows = rearranged_rows(sent)
        return LocationForm(hours=rearranged_hours(sent), holidays=rows, initial=sent.dict())
    return LocationForm(sent, hours=posted_hours(sent), holidays=posted_rows(sent), initial=initial)


def _show_location(
    request: HttpRequest, desk: Desk, form: LocationForm, location: Location | None, *, refused: Said | None = None
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    status = HTTPStatus.CONFLICT if refused else status
    link = map_link(location) if location else ""
    context = {"desk": desk, "here": "settings", "form": form, "location": location, "map_link": link}
    context["refused"] = refused
    context["location_id"] = public_id("loc", location.id) if location else ""
    context["has_others"] = location is not None and len(locations_of(desk.merchant)) > 1
    context["closing"] = closing_of(desk, location) if location else None
    response = render(request, "dashboard/location.html", context | {"once": new_key()}, status=status)
    # "I am in the shop now" asks the browser where that is; no other page may.
    response.headers["Permissions-Policy"] = POLICY.replace("geolocation=()", "geolocation=(self)")
    return response


@require_safe
@for_owners
def list_keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    places = dict(Location.objects.filter(merchant=desk.merchant).values_list("id", "name"))
    keys = ApiKey.objects.filter(merchant=desk.merchant, revoked__isnull=True).order_by("-created", "-id")
    shown = [
        (
            public_id("key", key.id),
            key,
            [SCOPE_WORDS[Scope(scope)] for scope in key.scopes if scope in set(Scope)],
            places.get(key.location_id) if key.location_id else "",
        )
        for key in keys
    ]
    return render(request, "dashboard/keys.html", {"desk": desk, "here": "settings", "keys": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="new_api_key")
def new_key_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = ApiKeyForm(request.POST if request.method == "POST" else None, locations=locations_of(desk.merchant))
    if not (form.is_bound and form.is_valid()):
        return _show_key_form(request, desk, form)

    def act() -> Said:
        given = form.cleaned_data
        place_id = private_id("loc", given["location"])
        place = find_location(desk.merchant.id, place_id) if place_id else None
        with merchant_transaction(desk.merchant.id) as tx:
            made, text = issue_api_key(desk.merchant, name=given["name"], scopes=given["scopes"], location=place)
            told = {"scopes": given["scopes"], "location": place.name if place else ""}
            changed(tx, "key.made", by=desk.actor(), name=made.name, subject_id=made.id, after=told)
        return Said("", secret=text)

    said = do_once(request, desk, act)
    if not said.done:
        tell(request, said)
        return _show_key_form(request, desk, form)
    return render(request, "dashboard/key_made.html", {"desk": desk, "here": "settings", "key": said.secret})


def _show_key_form(request: HttpRequest, desk: Desk, form: ApiKeyForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"desk": desk, "here": "settings", "form": form, "once": new_key()}
    return render(request, "dashboard/new_key.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="revoke_api_key")
def revoke_key(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Asks once more, for whatever uses the key stops working at this moment."""
    found = ApiKey.objects.filter(merchant=desk.merchant, id=wanted_id("key", key), revoked__isnull=True).first()
    if found is None:
        raise NotFound
    if request.method != "POST":
        return render(
            request, "dashboard/key_off.html", {"desk": desk, "here": "settings", "key": found, "key_id": key}
        )
    with merchant_transaction(desk.merchant.id) as tx:
        ApiKey.objects.filter(merchant=desk.merchant, id=found.id).update(revoked=now())
        changed(tx, "key.revoked", by=desk.actor(), name=found.name, subject_id=found.id)
    messages.success(request, _("The key is switched off."))
    return redirect("api_keys")

"""The codes that are the same for every customer: what is shown since when, what comes next, what the till needs."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import active_locale
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.replacing_codes import IN_TIME, say_removed, take_back_successor
from stampwell.programs.shared_codes import OldCode, SharedCode, shared_codes
from stampwell.refusal import Refusal
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.programs.till_steps import TillSteps, steps_of

HERE = "programs"


class ShownCode(msgspec.Struct, frozen=True):
    """`days` are since when it is shown, where that is long; `next_id` is "" where none is planned."""

    code: SharedCode
    reward_id: str
    place: str
    places: list[str]
    days: int
    steps: TillSteps | None
    next_id: str
    can_be_taken_back: bool


class OldCodeShown(msgspec.Struct, frozen=True):
    id: str
    old: OldCode
    is_over: bool
    steps: TillSteps


@require_safe
@for_managers
def list_shared_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = shared_codes(desk.merchant, active_locale())
    names = dict(Location.objects.filter(merchant=desk.merchant).values_list("id", "name"))
    at = now()
    context = {
        "desk": desk,
        "here": HERE,
        "codes": [
            _shown(desk.merchant, one, [names.get(place, "") for place in one.location_ids]) for one in found.codes
        ],
        "old": [
            OldCodeShown(public_id("csu", one.row.id), one, one.is_over(at), steps_of(desk.merchant, one.row))
            for one in found.old
        ],
    }
    return render(request, "dashboard/shared_codes.html", context)


def _shown(merchant: Merchant, code: SharedCode, places: list[str]) -> ShownCode:
    at = now()
    return ShownCode(
        code=code,
        reward_id=public_id("rwd", code.reward_id),
        place=public_id("loc", code.location_id) if code.location_id else "",
        places=places,
        days=(local_day(merchant, at) - local_day(merchant, code.since)).days if code.is_old(at) else 0,
        steps=steps_of(merchant, code.next) if code.next else None,
        next_id=public_id("csu", code.next.id) if code.next else "",
        can_be_taken_back=code.next is not None and at <= code.next.starts - IN_TIME,
    )


@require_POST
@for_managers
def take_back(request: HttpRequest, desk: Desk, successor: str) -> HttpResponse:
    """Refuses: NotFound."""
    try:
        take_back_successor(desk.merchant, wanted_id("csu", successor), actor=desk.actor())
    except Refusal as refusal:
        return _refused(request, desk, refusal)
    messages.success(request, _("The planned code was taken back. Delete it in your till if it is there already."))
    return redirect("shared_codes")


@require_POST
@for_managers
def removed(request: HttpRequest, desk: Desk, successor: str) -> HttpResponse:
    """Refuses: NotFound."""
    try:
        say_removed(desk.merchant, wanted_id("csu", successor), actor=desk.actor())
    except Refusal as refusal:
        return _refused(request, desk, refusal)
    messages.success(request, _("Saved."))
    return redirect("shared_codes")


def _refused(request: HttpRequest, desk: Desk, refusal: Refusal) -> HttpResponse:
    if refusal.code == "not_found":
        raise refusal
    said = desk.explain(refusal)
    messages.error(request, f"{said.staff_message} {said.what_to_do}")
    return redirect("shared_codes")

"""The people of the shop: who works there, as what, and with which PIN."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.cards.own_cards import forget_own_cards_of
from stampwell.clock import now
from stampwell.events.desk_changes import changed
from stampwell.ids import public_id
from stampwell.languages.ordering import sorted_by_name
from stampwell.mail.queue import undeliverable
from stampwell.merchants.hiring import open_invitations, take_back_all
from stampwell.merchants.models import Location, Merchant, StaffMember, Station, TeamInvitation
from stampwell.merchants.pins import is_pin_locked, locked_pins, set_pin, unlock_pin
from stampwell.merchants.shifts import who_works_at
from stampwell.merchants.team_words import KIND_WORDS, ROLE_WORDS
from stampwell.offline.deciding import to_decide_by_sender
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, refused, tell
from stampwell.web.dashboard.lookup import find_changeable, find_member
from stampwell.web.dashboard.team.forms import ROLE_PROMISES, NewPersonForm, PersonForm, PinForm
from stampwell.web.dashboard.team.own_cards import show_own_cards
from stampwell.web.typed_fields import ask_again

OWNER = StaffMember.Role.OWNER
MOST_GONE = 20  # devices that were switched off, the latest
RANKS = [role.value for role in StaffMember.Role]


class LastOwner(Refusal):
    """A shop without an owner could never be changed again."""

    code = "last_owner"
    title = gettext_lazy("The shop needs an owner")
    staff_text = gettext_lazy("This is the only owner of the shop.")
    customer_text = gettext_lazy("This is the only owner of the shop.")
    what_to_do = gettext_lazy("Make somebody else an owner first.")


@require_safe
@for_managers
def team_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    locations = dict(Location.objects.filter(merchant=desk.merchant).values_list("id", "name"))
    stations = Station.objects.filter(merchant=desk.merchant, revoked__isnull=True).order_by("id")
    gone = Station.objects.filter(merchant=desk.merchant, revoked__isnull=False, enrolled__isnull=False)
    invitations, people = _invitations(desk), _people(desk.merchant)
    names = {member.id: member.name for member in people}
    to_decide = to_decide_by_sender(desk.merchant.id)
    context = {
        "desk": desk,
        "here": "team",
        "people": [
            (public_id("stf", member.id), member, ROLE_WORDS[StaffMember.Role(member.role)]) for member in people
        ],
        "stations": [
            (
                public_id("stn", station.id),
                station,
                locations.get(station.location_id, ""),
                _who(station, names),
                KIND_WORDS[Station.Kind(station.kind)],
                to_decide.get(station.id, 0),
            )
            for station in sorted_by_name(stations, lambda station: station.name)
        ],
        "gone": [(public_id("stn", one.id), one) for one in gone.order_by("-revoked")[:MOST_GONE]],
        "invitations": [(public_id("inv", one.id), one) for one in invitations],
        "undeliverable": undeliverable([one.id for one in invitations]),
        "locked": locked_pins(desk.merchant, names),
        "moment": now(),
        "to_decide": sum(to_decide.values()),
    }
    return render(request, "dashboard/team.html", context)


def _invitations(desk: Desk) -> list[TeamInvitation]:
    """For owners, who send them and take them back."""
    return sorted_by_name(open_invitations(desk.merchant), lambda one: one.name) if desk.owns else []


def _who(station: Station, names: Mapping[UUID, str]) -> str:
    """Who works there now, or nobody."""
    member_id = who_works_at(station)
    return names.get(member_id, "") if member_id else ""


def _people(merchant: Merchant) -> list[StaffMember]:
    """Owners first, then managers, then cashiers; each by name."""
    people = StaffMember.objects.filter(merchant=merchant, left__isnull=True).order_by("id")
    return sorted(sorted_by_name(people, lambda member: member.name), key=lambda member: RANKS.index(member.role))


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@confirmed(back="new_person")
def new_person(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        ask_again(form)
        return _show_form(request, desk, form)

    def act() -> Said:
        given = form.cleaned_data
        with merchant_transaction(desk.merchant.id) as tx:
            member = StaffMember.objects.create(
                merchant=desk.merchant, name=given["name"], role=StaffMember.Role.CASHIER
            )
            set_pin(desk.merchant, member.id, given["pin"])
            told = {"role": member.role}
            changed(tx, "person.added", by=desk.actor(), name=member.name, subject_id=member.id, after=told)
        return Said(_("%(name)s is now in the team.") % {"name": given["name"]})

    said = do_once(request, desk, act)
    if not said.done:
        tell(request, said)
        return _show_form(request, desk, form)
    return _finish(request, said)


def _show_form(request: HttpRequest, desk: Desk, form: NewPersonForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"desk": desk, "here": "team", "form": form, "once": new_key()}
    return render(request, "dashboard/new_person.html", context, status=status)


@require_safe
@for_managers
def person_page(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    return _show_person(request, desk, find_member(desk.merchant, person))


def _show_person(
    request: HttpRequest,
    desk: Desk,
    member: StaffMember,
    *,
    form: PersonForm | None = None,
    pin: PinForm | None = None,
    refused: Said | None = None,
) -> HttpResponse:
    wrong, may_change = bool(refused or form or pin), desk.owns or member.role != OWNER
    context = {
        "desk": desk,
        "here": "team",
        "member": member,
        "member_id": public_id("stf", member.id),
        "form": form or PersonForm(desk=desk, member=member, initial={"name": member.name, "role": member.role}),
        "pin": pin or PinForm(),
        "promises": ROLE_PROMISES,
        "refused": refused,
        "is_locked": is_pin_locked(desk.merchant, member.id),
        "may_change": may_change,
        "own_cards": show_own_cards(desk.merchant, member.id) if may_change else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "dashboard/person.html", context, status=status)


@require_POST
@for_managers
@confirmed(back="person")
def change_person(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    member = find_changeable(desk, person)
    form = PersonForm(request.POST, desk=desk, member=member)
    if not form.is_valid():
        return _show_person(request, desk, member, form=form)
    try:
        with merchant_transaction(desk.merchant.id) as tx:
            if form.cleaned_data["role"] != OWNER:
                _keep_an_owner(desk.merchant, member)
            StaffMember.objects.filter(merchant=desk.merchant, id=member.id).update(**form.cleaned_data)
            changed(
                tx,
                "person.changed",
                by=desk.actor(),
                name=member.name,
                subject_id=member.id,
                before={"name": member.name, "role": member.role},
                after=form.cleaned_data,
            )
            if member.role == OWNER != form.cleaned_data["role"]:
                take_back_all(desk.merchant, member)
    except LastOwner as refusal:
        return _show_person(request, desk, member, refused=refused(desk, refusal))
    return _finish(request, Said(_("Saved.")))


@sensitive_post_parameters("pin")
@require_POST
@for_managers
@confirmed(back="person")
def change_pin(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    member = find_changeable(desk, person)
    form = PinForm(request.POST)
    if not form.is_valid():
        return _show_person(request, desk, member, pin=form)
    with merchant_transaction(desk.merchant.id) as tx:
        set_pin(desk.merchant, member.id, form.cleaned_data["pin"])
        changed(tx, "pin.changed", by=desk.actor(), name=member.name, subject_id=member.id)
    return _finish(request, Said(_("The new PIN works from now on.")))


@require_POST
@for_managers
def unlock_person(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    """After too many wrong PINs, without waiting."""
    member = find_changeable(desk, person)
    with merchant_transaction(desk.merchant.id) as tx:
        unlock_pin(desk.merchant, member.id)
        changed(tx, "pin.unlocked", by=desk.actor(), name=member.name, subject_id=member.id)
    return _finish(request, Said(_("The PIN can be entered again.")))


@require_POST
@for_managers
@confirmed(back="person")
def leave_team(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    """Somebody who has left can sign in nowhere in this shop any more; what they did stays in the history."""
    member = find_changeable(desk, person)
    try:
        with merchant_transaction(desk.merchant.id) as tx:
            _keep_an_owner(desk.merchant, member)
            StaffMember.objects.filter(merchant=desk.merchant, id=member.id, left__isnull=True).update(left=now())
            forget_own_cards_of(tx, member.id)
            take_back_all(desk.merchant, member)
            changed(tx, "person.left", by=desk.actor(), name=member.name, subject_id=member.id)
    except LastOwner as refusal:
        return _show_person(request, desk, member, refused=refused(desk, refusal))
    return _finish(request, Said(_("%(name)s has left the team.") % {"name": member.name}))


def _keep_an_owner(merchant: Merchant, member: StaffMember) -> None:
    """Refuses: LastOwner. Locks the owners who can sign in, so that two cannot leave at once."""
    owners = StaffMember.objects.select_for_update().filter(
        merchant=merchant, role=OWNER, left__isnull=True, user__isnull=False
    )
    if {owner.id for owner in owners} == {member.id}:
        raise LastOwner


def _finish(request: HttpRequest, said: Said) -> HttpResponse:
    tell(request, said)
    return redirect("team")

"""Invitations to the team: an owner sends them, sends them again and takes them back."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.clock import now
from stampwell.events.desk_changes import changed
from stampwell.ids import public_id, wanted_id
from stampwell.mail.checking import has_mail_server
from stampwell.mail.queue import undeliverable
from stampwell.merchants.hiring import (
    count_invitation,
    find_invitation,
    invite_person,
    renew_invitation,
    take_back_invitation,
)
from stampwell.merchants.models import StaffMember, TeamInvitation
from stampwell.merchants.team_words import ROLE_WORDS
from stampwell.requests.limits import TooManyAttempts
from stampwell.transactions import merchant_transaction
from stampwell.web.accounts import count_mail
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.form_keys import refused as refuse
from stampwell.web.dashboard.lookup import find_without_account
from stampwell.web.dashboard.team.forms import ROLE_PROMISES, InvitationForm
from stampwell.web.dashboard.team.invitation_mail import send_invitation

type Act = Callable[[], tuple[TeamInvitation, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="new_invitation")
def new_invitation(request: HttpRequest, desk: Desk) -> HttpResponse:
    text = request.POST.get("person") or request.GET.get("person", "")
    person = find_without_account(desk.merchant, text) if text else None
    initial = {"name": person.name if person else "", "locale": desk.merchant.locale}
    form = InvitationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        said = _send(
            request, desk, given["email"], lambda: invite_person(desk.merchant, **given, by=desk.member, person=person)
        )
        if said.done:
            return redirect("team")
        form.add_error(None, f"{said.text} {said.what_to_do}")
    context = {
        "desk": desk,
        "here": "team",
        "form": form,
        "person": text,
        "promises": ROLE_PROMISES,
        "has_mail_server": has_mail_server(),
        "once": new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/new_invitation.html", context, status=status)


@require_safe
@for_owners
def invitation_page(request: HttpRequest, desk: Desk, invitation: str) -> HttpResponse:
    return _show(request, desk, find_invitation(desk.merchant, wanted_id("inv", invitation)))


@require_POST
@for_owners
@confirmed(back="invitation")
def send_again(request: HttpRequest, desk: Desk, invitation: str) -> HttpResponse:
    found = find_invitation(desk.merchant, wanted_id("inv", invitation))
    said = _send(request, desk, found.email, lambda: renew_invitation(desk.merchant, found.id))
    return redirect("team") if said.done else _show(request, desk, found, refused=said)


@require_POST
@for_owners
def take_back(request: HttpRequest, desk: Desk, invitation: str) -> HttpResponse:
    with merchant_transaction(desk.merchant.id) as tx:
        found = find_invitation(desk.merchant, wanted_id("inv", invitation))
        take_back_invitation(desk.merchant, found.id)
        changed(tx, "invitation.withdrawn", by=desk.actor(), name=found.name, subject_id=found.id)
    messages.success(request, _("The invitation was taken back. Its link no longer works."))
    return redirect("team")


def _show(request: HttpRequest, desk: Desk, invitation: TeamInvitation, *, refused: Said | None = None) -> HttpResponse:
    context = {
        "desk": desk,
        "here": "team",
        "invitation": invitation,
        "invitation_id": public_id("inv", invitation.id),
        "role": ROLE_WORDS[StaffMember.Role(invitation.role)],
        "promise": ROLE_PROMISES[StaffMember.Role(invitation.role)],
        "has_mail_server": has_mail_server(),
        "undeliverable": undeliverable([invitation.id]),
        "refused": refused,
        "moment": now(),
        "once": new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "dashboard/invitation.html", context, status=status)


def _send(request: HttpRequest, desk: Desk, email: str, act: Act) -> Said:
    """The mail is kept with what it tells of: a form that was sent twice makes a second one, which is undone."""

    def act_once() -> Said:
        with merchant_transaction(desk.merchant.id) as tx:
            invitation, secret = act()
            send_invitation(desk, invitation, secret)
            told = {"role": invitation.role}
            changed(tx, "invitation.sent", by=desk.actor(), name=invitation.name, subject_id=invitation.id, after=told)
        return Said(_("An invitation was sent to %(email)s.") % {"email": email})

    try:
        count_invitation(desk.merchant)
        count_mail(email)
    except TooManyAttempts as refusal:
        return refuse(desk, refusal)
    said = do_once(request, desk, act_once)
    if said.done:
        messages.success(request, said.text)
    return said

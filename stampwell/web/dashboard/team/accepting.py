"""Accepting an invitation: the link from the mail leads here, with an account or without one.

Looking uses nothing up; only the button does. Whoever has the link has read the mailbox that it was sent to, so a new
account's address counts as confirmed, and an account of another address is not let in by a link that was passed on.
"""

from datetime import timedelta
from http import HTTPStatus

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import complete_signup
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.hiring import TeamInvitationEnded, accept_invitation, invited_address, read_invitation
from stampwell.merchants.models import Merchant, StaffMember, TeamInvitation, User
from stampwell.requests.limits import count_attempt
from stampwell.web.dashboard.desk import SESSION_KEY, desks_of
from stampwell.web.dashboard.team.forms import ROLE_PROMISES, AcceptingForm
from stampwell.web.shop_pages import speak_to
from stampwell.web.visitors import keep_private, visitor_address

KEYS_REMOVED = _(
    "Your email is confirmed now. Passkeys and codes from an app that were set up before were removed, because anybody "
    "could have done that. Set them up again in the settings."
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, merchant_slug: str, secret: str) -> HttpResponse:
    merchant = find_merchant(merchant_slug) if "\0" not in merchant_slug else None
    try:
        if merchant is None:
            raise TeamInvitationEnded
        refuse_if_closed(merchant)
        with while_open():
            return keep_private(_answer(request, merchant, secret))
    except TeamInvitationEnded as ended:
        return keep_private(_ended(request, ended))


def _answer(request: HttpRequest, merchant: Merchant, secret: str) -> HttpResponse:
    if request.user.is_authenticated:
        user = request.user
        if request.method == "POST":
            with transaction.atomic():
                accept_invitation(merchant, secret, user, addresses=addresses_of(user))
                invited = invited_address(merchant, secret)
                if invited == user.email.lower() and _confirm(user):
                    messages.info(request, KEYS_REMOVED)
            return _enter(request, merchant)
        return _show(request, merchant, read_invitation(merchant, secret), user=user)
    invitation = read_invitation(merchant, secret)
    speak_to(request, invitation.locale)
    if has_account(invitation.email):
        return _show(request, merchant, invitation)
    return _with_new_account(request, merchant, invitation, secret)


def _with_new_account(
    request: HttpRequest, merchant: Merchant, invitation: TeamInvitation, secret: str
) -> HttpResponse:
    form = AcceptingForm(request.POST if request.method == "POST" else None, email=invitation.email)
    if not (form.is_bound and form.is_valid()):
        return _show(request, merchant, invitation, form=form)
    count_attempt(f"accept:{visitor_address(request)}", most=30, within=timedelta(hours=1))
    try:
        with transaction.atomic():
            user = _new_user(invitation.email, form.cleaned_data["password"])
            accept_invitation(merchant, secret, user, addresses=[user.email])
    except IntegrityError:
        if not has_account(invitation.email):
            raise
        # Of two taps the other one made the account.
        return _show(request, merchant, invitation)
    record_authentication(request, user, method="password", email=user.email)
    complete_signup(request, user, "optional", "/")
    return _enter(request, merchant)


def _new_user(email: str, password: str) -> User:
    user = User.objects.create_user(email, password)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _confirm(user: User) -> bool:
    """The link has proved whose mailbox it is; whoever opened the account may have been somebody else.

    So what else signs in there is taken away: True if there was anything. Nobody comes this far but by a password of
    their own, and with a new one all sessions of before have ended.
    """
    has_primary = EmailAddress.objects.filter(user=user, primary=True).exists()
    address, _is_new = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": not has_primary}
    )
    if address.verified:
        return False
    address.verified = True
    address.save()
    count, _kinds = Authenticator.objects.filter(user=user).delete()
    return bool(count)


def _enter(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    request.session[SESSION_KEY] = str(merchant.id)
    return redirect("home")


def addresses_of(user: User) -> set[str]:
    """The one that the account signs in with, and those that it has confirmed."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {user.email.lower(), *(email.lower() for email in confirmed)}


def has_account(email: str) -> bool:
    return (
        User.objects.filter(email=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def _show(
    request: HttpRequest,
    merchant: Merchant,
    invitation: TeamInvitation,
    *,
    user: User | None = None,
    form: AcceptingForm | None = None,
) -> HttpResponse:
    context = {
        "shop": merchant.name,
        "invitation": invitation,
        "promise": ROLE_PROMISES[StaffMember.Role(invitation.role)],
        "user": user,
        "is_theirs": user is not None and invitation.email in addresses_of(user),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/accept_invitation.html", context, status=status)


def _ended(request: HttpRequest, ended: TeamInvitationEnded) -> HttpResponse:
    """Who used the link up and opens it again is led to their desk."""
    works_somewhere = request.user.is_authenticated and bool(desks_of(request))
    context = {"said": ended, "works_somewhere": works_somewhere}
    return render(request, "dashboard/invitation_ended.html", context, status=HTTPStatus.NOT_FOUND)

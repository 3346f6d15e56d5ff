"""The front page for visitors, and opening a shop."""

from datetime import timedelta
from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import complete_signup, setup_user_email
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stampwell.languages.offered import active_locale
from stampwell.merchants.founding import found_merchant
from stampwell.merchants.inviting import ShopsByInvitation, find_invitation, use_invitation
from stampwell.merchants.models import ShopInvitation, User
from stampwell.requests.limits import count_attempt
from stampwell.wallet.look.design import CardDesign
from stampwell.wallet.look.drawing import draw_card_strip_svg
from stampwell.wallet.offered import offered_wallets
from stampwell.web.dashboard.country_defaults import guess_country, guess_currency, guess_time_zone
from stampwell.web.dashboard.desk import SESSION_KEY, desks_of, find_desk
from stampwell.web.dashboard.programs.forms import PROPOSED_ACCENT, PROPOSED_BACKGROUND, PROPOSED_GOAL, PROPOSED_ICON
from stampwell.web.dashboard.start.choosing import show_shops
from stampwell.web.dashboard.start.forms import AccountForm, ShopForm
from stampwell.web.dashboard.start.page import show_start
from stampwell.web.typed_fields import ask_again
from stampwell.web.visitors import visitor_address


@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(
            request, "dashboard/welcome.html", {"strip": _example_strip(), "has_wallets": len(offered_wallets()) == 2}
        )
    if desk := find_desk(request):
        with timezone.override(desk.merchant.time_zone):
            return show_start(request, desk)
    desks = desks_of(request)
    if not desks:
        return redirect("operator" if request.user.operates else "open_shop")
    return show_shops(request, desks)


def _example_strip() -> str:
    design = CardDesign(background=PROPOSED_BACKGROUND, accent=PROPOSED_ACCENT, icon=PROPOSED_ICON)
    return mark_safe(draw_card_strip_svg(design, 7, PROPOSED_GOAL, (5,)))  # noqa: S308 - drawn by us from constants


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def open_shop(request: HttpRequest, secret: str = "") -> HttpResponse:
    """For everybody where the operator allows it, else with the secret of an invitation."""
    if not (secret or settings.OPEN_SHOPS):
        raise ShopsByInvitation
    invitation = find_invitation(secret) if secret else None
    data = request.POST if request.method == "POST" else None
    shop = ShopForm(data, initial=_guesses(request))
    invited = {"email": invitation.email} if invitation else None
    account = None if request.user.is_authenticated else AccountForm(data, initial=invited)
    if data is not None:
        fits = shop.is_valid()
        if (account is None or account.is_valid()) and fits:
            count_attempt(f"open-shop:{visitor_address(request)}", most=30, within=timedelta(hours=1))
            answer = _open(request, shop, account, invitation)
            if answer is not None:
                return answer
        if account:
            ask_again(account)
    context = {"shop": shop, "account": account}
    return render(request, "dashboard/open_shop.html", context, status=422 if data is not None else 200)


def _guesses(request: HttpRequest) -> dict[str, str]:
    country = guess_country(request.headers.get("Accept-Language", ""))
    return {
        "locale": active_locale(),
        "currency": guess_currency(country),
        "time_zone": guess_time_zone(country),
    }


def _open(
    request: HttpRequest, shop: ShopForm, account: AccountForm | None, invitation: ShopInvitation | None
) -> HttpResponse | None:
    """Account and merchant together or not at all; None where somebody took the e-mail a moment ago."""
    try:
        with transaction.atomic():
            if invitation:
                use_invitation(invitation)
            user = _new_user(request, account) if account else cast(User, request.user)
            merchant = found_merchant(**shop.cleaned_data, owner=user)
    except IntegrityError:
        if account is None:
            raise
        account.add_error("email", _("There is already an account with this email. Sign in, then open the shop there."))
        return None
    if account:
        _sign_in(request, user)
    request.session[SESSION_KEY] = str(merchant.id)
    return redirect("new_program")


def _new_user(request: HttpRequest, account: AccountForm) -> User:
    user = User.objects.create_user(account.cleaned_data["email"], account.cleaned_data["password"])
    setup_user_email(request, user, [])
    return user


def _sign_in(request: HttpRequest, user: User) -> None:
    record_authentication(request, user, method="password", email=user.email)
    complete_signup(request, user, "optional", "/")

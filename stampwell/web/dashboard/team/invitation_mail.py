"""The mail that invites somebody, in the language that the owner chose."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from stampwell.merchants.models import TeamInvitation
from stampwell.web.accounts import keep_ours
from stampwell.web.dashboard.desk import Desk


def send_invitation(desk: Desk, invitation: TeamInvitation, secret: str) -> None:
    """Kept in the transaction that writes the invitation; the worker sends it."""
    context = {
        "url": settings.BASE_URL + reverse("accept_invitation", args=[desk.merchant.slug, secret]),
        "shop": desk.merchant.name,
        "person": desk.member.name,
        "role": invitation.role,
        "expires": invitation.expires,
    }
    with translation.override(invitation.locale), timezone.override(ZoneInfo(desk.merchant.time_zone)):
        keep_ours(
            "dashboard/email/invitation",
            invitation.email,
            context,
            expires=invitation.expires,
            about=invitation.id,
        )

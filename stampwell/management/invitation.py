"""Inviting somebody to open a shop: the link on the screen, and a mail where mail is set."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.clock import now
from stampwell.mail.checking import has_mail_server
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.inviting import LASTS, invite_owner, open_ones
from stampwell.merchants.models import User


def invite(email: str, locale: str) -> str:
    """Invites, and says what happened, with the link."""
    with transaction.atomic():
        link = f"{settings.BASE_URL}/open-your-shop/{invite_owner(email)}/"
        mailed = _mail(email, link, locale)
    return (
        f"{email} may open a shop with this link. It works once, for {LASTS.days} days, and is not shown again:\n\n"
        f"    {link}\n\n{mailed}"
    )


def invite_first_owner(email: str, locale: str) -> str:
    """What to show at the start, or "": only as long as nobody has an account, and once."""
    if not email or User.objects.exists() or open_ones(email).exists():
        return ""
    return invite(email, locale)


def _mail(email: str, link: str, locale: str) -> str:
    if not has_mail_server():
        return "No mail server is set, so hand it over yourself."
    with override(locale):
        content = write_content("mail/shop_invitation", {"url": link}, button=_("Open your shop"))
    keep_mail(email, content, kind="shop_invitation", expires=now() + LASTS)
    return f"The worker mails it to {email}, too; `stampwell mail list` says whether it was sent."

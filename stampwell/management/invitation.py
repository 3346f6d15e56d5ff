"""Inviting somebody to open a shop: the link on the screen, and a mail where mail is set."""

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.clock import now
from stampwell.customers.contact import Unfit, read_email
from stampwell.mail.checking import has_mail_server
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.inviting import LASTS, invite_owner, open_ones
from stampwell.merchants.models import User


class Invited(msgspec.Struct, frozen=True):
    link: str
    is_mailed: bool


def invite(email: str, locale: str) -> str:
    """Invites, and says what happened, with the link."""
    invited = make_invitation(email, locale)
    mailed = f"The worker mails it to {email}, too; `stampwell mail list` says whether it was sent."
    return (
        f"{email} may open a shop with this link. It works once, for {LASTS.days} days, and is not shown again:\n\n"
        f"    {invited.link}\n\n"
        f"{mailed if invited.is_mailed else 'No mail server is set, so hand it over yourself.'}"
    )


def make_invitation(email: str, locale: str) -> Invited:
    """With the mail that holds it, where there is a mail server."""
    with transaction.atomic():
        link = f"{settings.BASE_URL}/open-your-shop/{invite_owner(email)}/"
        if is_mailed := has_mail_server():
            _mail(email, link, locale)
    return Invited(link, is_mailed)


def invite_first_owner(email: str, locale: str) -> str:
    """What to show at the start, or "": only as long as nobody has an account, and once."""
    if not email or User.objects.exists() or open_ones(email).exists():
        return ""
    try:
        return invite(read_email(email), locale)
    except Unfit:
        return f"Nobody is invited: “{email}”, as STAMPWELL_FIRST_OWNER says, is no email address."


def _mail(email: str, link: str, locale: str) -> None:
    with override(locale):
        content = write_content("mail/shop_invitation", {"url": link}, button=_("Open your shop"))
    keep_mail(email, content, kind="shop_invitation", expires=now() + LASTS)

"""How the library of accounts does what it does: whom it slows down, and where its mails lead."""

import hmac
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.mail.models import Rank
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.models import User
from stampwell.requests.limits import TooManyAttempts, count_attempt
from stampwell.web.new_browsers import tell_of_new_browser
from stampwell.web.sign_ins import note_sign_in
from stampwell.web.visitors import visitor_address

MOST_MAILS, WITHIN = 10, timedelta(hours=1)  # to one mailbox, of those that anybody can ask for
MOST_TO_STRANGERS = 60  # within the hour, to mailboxes that have no account: anybody may name them
# The links in the library's mails: what sets a password, and what confirms an address.
LINKS_LAST = min(
    timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT), timedelta(days=account_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
)
# What stands on the link, where it is not the subject.
BUTTONS = {
    "account/email/email_confirmation": _("Yes, this is my address"),
    "account/email/email_confirmation_signup": _("Yes, this is my address"),
    "account/email/unknown_account": _("Open your shop"),
    "dashboard/email/invitation": _("Join the team"),
}
TO_STRANGERS = "account/email/unknown_account"
ASKED_BY_ANYBODY = {
    "account/email/password_reset_key",
    TO_STRANGERS,
    "account/email/account_already_exists",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom the library counts by."""
        return visitor_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for one account from one address: else anybody could keep its owner out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{visitor_address(request)}"

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        note_sign_in(request)
        tell_of_new_browser(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Kept for the worker to send. Says nothing where a mailbox has had enough: those that it got lead to the same
        place. Nor where strangers have: else anybody could have this server write to the whole world.
        """
        if template_prefix in ASKED_BY_ANYBODY:
            try:
                count_mail(email)
                if template_prefix == TO_STRANGERS:
                    count_attempt("mail-to-strangers", most=MOST_TO_STRANGERS, within=WITHIN)
            except TooManyAttempts:
                return
        links = {name: at_our_address(value) for name, value in context.items() if name.endswith("_url")}
        keep_ours(template_prefix, email, {**context, **links}, expires=now() + LINKS_LAST, rank=Rank.AWAITED)


def count_mail(email: str) -> None:
    """Refuses: TooManyAttempts, where the mailbox got enough of what others ask for."""
    count_attempt(f"mail:{mailbox_name(email)}", most=MOST_MAILS, within=WITHIN)


def keep_ours(
    template: str,
    email: str,
    context: dict[str, Any],
    *,
    expires: datetime,
    about: UUID | None = None,
    rank: Rank = Rank.USUAL,
) -> None:
    """In the language that is active now. The worker sends it."""
    content = write_content(template, context, button=str(BUTTONS.get(template, "")))
    keep_mail(email, content, kind=template.rpartition("/")[2], expires=expires, about=about, rank=rank)


def mailbox_name(email: str) -> str:
    """By which a mailbox is counted: one name for all its addresses, and it says to nobody who reads the database who
    asked for a mail.
    """
    mailbox = _mailbox_of(email).lower()
    return hmac.new(settings.TOKEN_KEY, mailbox.encode(), "sha256").hexdigest()


def _mailbox_of(email: str) -> str:
    """Without what follows a plus: many providers bring `a+x@` to the mailbox of `a@`. Dots stay, for with most
    providers `a.b@` and `ab@` are two people, and neither may use up the mails of the other.
    """
    local, _at, domain = email.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def at_our_address(url: str) -> str:
    """The same page under the address of this installation: what leaves with a mail does not come from a header."""
    parts = urlsplit(url)
    return settings.BASE_URL + parts._replace(scheme="", netloc="").geturl()

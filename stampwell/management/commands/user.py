"""`stampwell user`: who has an account, and the ways back in for those who are locked out."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from stampwell.customers.contact import Unfit, read_email
from stampwell.management.invitation import invite
from stampwell.merchants.models import Membership, User


class Command(BaseCommand):
    requires_system_checks = ()
    help = "List accounts, say who runs the server, invite somebody to open a shop, help who cannot sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="each account: email, since when, in how many shops, with how many second steps")
        inviting = acts.add_parser("invite", help="a link with which somebody opens a shop; mailed where mail is set")
        inviting.add_argument("email")
        inviting.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        acts.add_parser("password-link", help="a link for a new password, for who gets no mail").add_argument("email")
        operating = acts.add_parser("operator", help="who sees the pages of this server; without an account, makes one")
        operating.add_argument("email")
        operating.add_argument("--off", action="store_true", help="they see these pages no longer")
        acts.add_parser("two-step-off", help="for who lost the phone: the password alone is enough").add_argument(
            "email"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "list":
                self._list()
            case "invite":
                self.stdout.write(invite(_address(options["email"]), options["language"]))
            case "password-link":
                self.stdout.write(_password_link(_user(options["email"])))
            case "operator":
                self.stdout.write(_no_operator(_user(options["email"])) if options["off"] else _operator(options))
            case "two-step-off":
                self.stdout.write(_switch_off_two_step(_user(options["email"])))

    def _list(self) -> None:
        for user in User.objects.order_by("email"):
            shops = Membership.objects.filter(user=user).count()
            steps = Authenticator.objects.filter(user_id=user.pk).count()
            more = ("  operator" if user.operates else "") + ("" if user.is_active else "  switched off")
            self.stdout.write(
                f"{user.email:<40} since {user.joined:%Y-%m-%d}  shops: {shops}  second steps: {steps}{more}"
            )


def _address(text: str) -> str:
    try:
        return read_email(text)
    except Unfit:
        raise CommandError(f"“{text}” is no email address.") from None


def _user(email: str) -> User:
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        raise CommandError(f"Nobody has an account with {email}. `stampwell user list` shows who has one.")
    return found


def _operator(options: dict[str, Any]) -> str:
    """Whoever runs the server need not work for a shop, so this makes their account where there is none."""
    email = _address(options["email"])
    user = User.objects.filter(email__iexact=email).first()
    link = ""
    if user is None:
        user = User(email=email)
        user.set_unusable_password()
        user.save()
        link = f"\n\n{_password_link(user)}"
    User.objects.filter(id=user.id).update(operates=True)
    return f"{user.email} sees the pages of this server now: {settings.BASE_URL}{reverse('operator')}{link}"


def _no_operator(user: User) -> str:
    User.objects.filter(id=user.id).update(operates=False)
    return f"{user.email} sees the pages of this server no longer."


def _password_link(user: User) -> str:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": key.split("-")[0], "key": key.split("-", 1)[1]})
    return f"{user.email} chooses a new password here. The link works once:\n\n    {settings.BASE_URL}{path}"


def _switch_off_two_step(user: User) -> str:
    count, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    return f"{user.email} signs in with the password alone now." if count else f"{user.email} had no second step."

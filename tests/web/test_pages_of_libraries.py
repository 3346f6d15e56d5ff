"""Every page and mail that the library of accounts can show is ours: in the reader's language, in our clothes."""

from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.template import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stampwell.settings import PACKAGE
from tests.mailbox import letters
from tests.web.dashboard.desk import words
from tests.world import PASSWORD, Shop

THEIRS = Path(allauth.__file__).parent / "templates"
OURS = PACKAGE / "templates"
# What belongs to parts that are switched off, or what only their own pages include. Whoever switches a part on, or
# brings a version with new pages, finds them here.
NEVER_SHOWN = {
    "a code instead of a password or a link": {
        "account/base_confirm_code.html",
        "account/confirm_email_verification_code.html",
        "account/confirm_login_code.html",
        "account/confirm_password_reset_code.html",
        "account/email/email_confirm_message.txt",
        "account/email/email_confirm_subject.txt",
        "account/email/login_code_message.txt",
        "account/email/login_code_subject.txt",
        "account/email/password_reset_code_message.txt",
        "account/email/password_reset_code_subject.txt",
        "account/messages/login_code_sent.txt",
        "account/request_login_code.html",
    },
    "phone numbers": {
        "account/base_manage_phone.html",
        "account/confirm_phone_verification_code.html",
        "account/messages/phone_verification_sent.txt",
        "account/messages/phone_verified.txt",
        "account/phone_change.html",
    },
    "signing up without a shop": {
        "account/email/account_already_exists_message.txt",
        "account/email/account_already_exists_subject.txt",
        "account/signup.html",
        "account/signup_by_passkey.html",
        "mfa/webauthn/signup_form.html",
    },
    "one address that is changed": {"account/email_change.html"},
    "accounts without a password": {"account/password_set.html"},
    "mails that tell of a change": {
        "account/email/base_notification.txt",
        "account/email/email_changed_message.txt",
        "account/email/email_changed_subject.txt",
        "account/email/email_deleted_message.txt",
        "account/email/email_deleted_subject.txt",
        "account/email/password_changed_message.txt",
        "account/email/password_changed_subject.txt",
        "account/email/password_reset_message.txt",
        "account/email/password_reset_subject.txt",
        "account/email/password_set_message.txt",
        "account/email/password_set_subject.txt",
        "mfa/email/recovery_codes_generated_message.txt",
        "mfa/email/recovery_codes_generated_subject.txt",
        "mfa/email/totp_activated_message.txt",
        "mfa/email/totp_activated_subject.txt",
        "mfa/email/totp_deactivated_message.txt",
        "mfa/email/totp_deactivated_subject.txt",
        "mfa/email/webauthn_added_message.txt",
        "mfa/email/webauthn_added_subject.txt",
        "mfa/email/webauthn_removed_message.txt",
        "mfa/email/webauthn_removed_subject.txt",
    },
    "browsers that are trusted": {"mfa/trust.html"},
    "parts of their own pages": {
        "account/base_entrance.html",
        "account/base_manage.html",
        "account/base_manage_email.html",
        "account/base_manage_password.html",
        "account/snippets/already_logged_in.html",
        "account/snippets/warn_no_email.html",
        "mfa/base_entrance.html",
        "mfa/base_manage.html",
        "mfa/recovery_codes/base.html",
        "mfa/totp/base.html",
        "mfa/webauthn/base.html",
        "mfa/webauthn/snippets/login_script.html",
    },
}


def names_below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for part in ("account", "mfa") for file in (folder / part).rglob("*.*")}


def test_what_they_can_show_is_written_by_us() -> None:
    theirs = names_below(THEIRS) - names_below(OURS)

    assert theirs == set().union(*NEVER_SHOWN.values())


def routes_of(resolver: URLResolver, start: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = start + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from routes_of(one, path)


def accounts_paths() -> list[str]:
    fill = {"<int:pk>": "1", "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)": "1-set-password", r"(?P<key>[-:\w]+)": "a:b"}
    paths = []
    for path in routes_of(get_resolver("allauth.urls")):
        for parameter, value in fill.items():
            path = path.replace(parameter, value)
        assert "<" not in path, path
        paths.append(f"/accounts/{path}")
    return paths


@pytest.mark.parametrize("state", ["a stranger", "signed in", "just asked again"])
def test_no_page_of_theirs_is_reached(lume: Shop, rendered: list[Template], state: str) -> None:
    EmailAddress.objects.create(user=lume.owner, email=lume.owner.email, primary=True, verified=True)
    for path in accounts_paths():
        for send in ({}, {"email": "new@lume.example", "action_add": ""}, {"password": "wrong"}):
            client = Client(headers={"accept-language": "en"})
            if state != "a stranger":
                client.force_login(lume.owner)
            if state == "just asked again":
                client.post("/accounts/reauthenticate/", {"password": PASSWORD})
            client.get(path)
            client.post(path, send)

    files = {str(template.origin) for template in rendered}
    assert any(file.startswith(str(OURS)) for file in files)
    assert {file for file in files if not file.startswith(str(OURS)) and "/django/forms/" not in file} == set()
    for letter in letters():
        assert "Stampwell" in letter.body


def test_too_many_tries_are_a_page_of_ours(lume: Shop) -> None:
    for _time in range(21):
        client = Client(headers={"accept-language": "lv"}, REMOTE_ADDR="198.51.100.9")
        answer = client.post("/accounts/password/reset/", {"email": "nobody@lume.example"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert 'lang="lv"' in answer.content.decode()
    assert "Īsā laikā" in words(answer)

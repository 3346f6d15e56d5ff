"""The way to every page of an account: signing in and out, passwords, emails, the second step, and their refusals."""

import re
from collections.abc import Iterator

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import PASSWORD, Shop

WRONG, NEW = "nobody would guess this", "four words in a row"


def walk_account_pages(phone: Phone, server: LiveServer, shop: Shop) -> Iterator[str]:
    """Opens one page after the other and says its name while it is open."""
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, primary=True, verified=True)
    yield from _visitor(phone.page, shop)
    sign_in(phone, server, shop)
    yield from _one_step(phone.page, shop)
    passkey = _switch_on(shop)
    yield from _two_steps(phone.page, passkey)
    phone.context.clear_cookies()
    yield from _at_the_second_step(phone.page, shop)


def _visitor(page: Page, shop: Shop) -> Iterator[str]:
    yield _open(page, "account_login")
    yield _send(page, login=shop.owner.email, password=WRONG)
    yield _open(page, "account_reset_password")
    yield _send(page, email="nobody")
    yield _open(page, "account_reset_password_done")
    uid, key = user_pk_to_url_str(shop.owner), default_token_generator.make_token(shop.owner)
    page.goto(reverse("account_reset_password_from_key", args=[uid, key]))
    yield "a new password"
    yield _fill_in(page, password1="too short", password2=WRONG)
    yield _send(page, password1=shop.owner.email, password2=shop.owner.email)
    page.goto(reverse("account_reset_password_from_key", args=[uid, "old"]))
    yield "an old link for a new password"
    for name in ("password_from_key_done", "inactive", "email_verification_sent"):
        yield _open(page, f"account_{name.replace('password', 'reset_password')}")
    second = EmailAddress.objects.create(user=shop.owner, email="ada.of.cafe.lume@lume.example", verified=False)
    page.goto(reverse("account_confirm_email", args=[EmailConfirmationHMAC(second).key]))
    yield "an email to be confirmed"
    page.goto(reverse("account_confirm_email", args=["old"]))
    yield "an old link for an email"


def _one_step(page: Page, shop: Shop) -> Iterator[str]:
    yield _open(page, "account_email")
    page.locator("input[name=email][type=email]").fill(shop.owner.email)
    with page.expect_navigation():
        page.locator("[name=action_add]").click()
    yield "an email that is there already"
    yield _open(page, "account_change_password")
    yield _fill_in(page, oldpassword="", password1="too short", password2=WRONG)
    yield _send(page, oldpassword=WRONG, password1=NEW, password2=NEW)
    for name in ("account_logout", "account_reauthenticate"):
        yield _open(page, name)
    yield _send(page, password=WRONG)
    page.locator("[name=password]").fill(PASSWORD)  # a change of the second step asks for it once more
    page.locator("main form .button.primary").click()
    expect(page).not_to_have_url(re.compile(reverse("account_reauthenticate")))
    for name in ("sign_ins", "mfa_index", "mfa_add_webauthn", "mfa_activate_totp"):
        yield _open(page, name)
    yield _send(page, code="123456")


def _switch_on(shop: Shop) -> Authenticator:
    TOTP.activate(shop.owner, generate_totp_secret())
    passkey: Authenticator = Authenticator.objects.create(
        user=shop.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Telephone of Ada", "credential": {}}
    )
    return passkey


def _two_steps(page: Page, passkey: Authenticator) -> Iterator[str]:
    yield _open(page, "mfa_generate_recovery_codes")
    RecoveryCodes.activate(passkey.user)
    for name in ("index", "generate_recovery_codes", "view_recovery_codes", "deactivate_totp", "list_webauthn"):
        yield f"{_open(page, f'mfa_{name}')} of who uses it"
    for name in ("edit", "remove"):
        page.goto(reverse(f"mfa_{name}_webauthn", args=[passkey.pk]))
        yield f"mfa_{name}_webauthn"
    passkey.delete()  # what it holds here no browser could answer
    yield f"{_open(page, 'account_reauthenticate')} with other ways"
    yield _open(page, "mfa_reauthenticate")
    yield _send(page, code="123456")


def _at_the_second_step(page: Page, shop: Shop) -> Iterator[str]:
    _open(page, "account_login")
    page.locator("[name=login]").fill(shop.owner.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form .button.primary").click()
    expect(page).to_have_url(re.compile(reverse("mfa_authenticate")))
    yield "mfa_authenticate"
    yield _send(page, code="123456")


def _open(page: Page, name: str) -> str:
    answer = page.goto(reverse(name))
    assert answer is not None
    assert (answer.status, page.url.split("?")[0].endswith(reverse(name))) == (200, True), f"{name}: {page.url}"
    return name


def _send(page: Page, **fields: str) -> str:
    """Something that the server refuses. The page is the same one, and says why."""
    with page.expect_navigation():
        _press(page, fields)
    expect(page.locator("main :is([aria-invalid=true], [role=alert])").first).to_be_visible()
    return f"{page.url} refused"


def _fill_in(page: Page, **fields: str) -> str:
    """Something that is wrong before it is sent."""
    _press(page, fields)
    expect(page.locator("main .field > .error").first).to_be_visible()
    return f"{page.url} not sent"


def _press(page: Page, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form .button.primary").first.click()

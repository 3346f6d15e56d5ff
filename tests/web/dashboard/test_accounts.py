"""Signing in, and what belongs to the account of a person."""

import re
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from stampwell.web.accounts import MOST_TO_STRANGERS
from tests.mailbox import letters
from tests.web.dashboard.desk import words
from tests.world import PASSWORD, Shop


@pytest.fixture
def ada(lume: Shop) -> Client:
    """Ada, whose address is confirmed, and who has just shown twice that it is she."""
    EmailAddress.objects.create(user=lume.owner, email=lume.owner.email, primary=True, verified=True)
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_signing_in_leads_to_the_desk(ada: Client) -> None:
    assert "Café Lume" in words(ada.get("/"))


def test_all_addresses_of_a_household_count_as_one_for_wrong_passwords(visitor: Client, lume: Shop) -> None:
    fields = {"login": lume.owner.email, "password": PASSWORD}
    for number in range(10):
        wrong = {"login": f"somebody{number}@lume.example", "password": "wrong wrong wrong wrong"}
        visitor.post("/accounts/login/", wrong, REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}")

    assert visitor.post("/accounts/login/", fields, REMOTE_ADDR="2001:db8:1:2:3::4").status_code == 200
    assert visitor.post("/accounts/login/", fields, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_a_wrong_password_says_so_and_nothing_of_whether_the_account_exists(visitor: Client, lume: Shop) -> None:
    answers = [
        words(visitor.post("/accounts/login/", {"login": email, "password": "wrong wrong wrong wrong"}))
        for email in (lume.owner.email, "nobody@lume.example")
    ]

    assert "not correct" in answers[0]
    assert (
        re.findall(r"[^.]*not correct\.", answers[0])[0][-60:] == re.findall(r"[^.]*not correct\.", answers[1])[0][-60:]
    )


def test_a_forgotten_password_is_replaced_through_the_mail(visitor: Client, lume: Shop) -> None:
    EmailAddress.objects.create(user=lume.owner, email=lume.owner.email, primary=True, verified=False)

    visitor.post("/accounts/password/reset/", {"email": lume.owner.email})
    text = str(letters()[0].body)
    link = re.search(r"/accounts/password/reset/key/\S+", text)
    assert link is not None
    page = visitor.get(link[0], follow=True)
    new = "four words in a row"
    visitor.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert "If it was not you, do nothing: your password does not change." in text
    answer = visitor.post("/accounts/login/", {"login": lume.owner.email, "password": new})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_nobody_has_this_server_write_to_the_whole_world(visitor: Client, lume: Shop) -> None:
    for number in range(MOST_TO_STRANGERS + 1):
        address = {"email": f"somebody{number}@elsewhere.example"}
        asked = visitor.post("/accounts/password/reset/", address, REMOTE_ADDR=f"192.0.2.{number}")
        assert asked.status_code == 302
    visitor.post("/accounts/password/reset/", {"email": lume.owner.email}, REMOTE_ADDR="198.51.100.1")

    recipients = [letter.to[0] for letter in letters()]
    assert len(recipients) == MOST_TO_STRANGERS + 1
    assert recipients[-1] == lume.owner.email


def test_a_code_from_an_app_becomes_the_second_step(ada: Client, lume: Shop) -> None:
    page = ada.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<bdi dir="ltr" translate="no">([A-Z2-7]{16,})</bdi>', page)
    assert secret is not None
    with time_machine.travel(time.time(), tick=False):  # the code is good for half a minute
        counter = next(iter(yield_hotp_counters_from_time()))
        ada.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret[1], counter))})

    assert "In use" in words(ada.get("/accounts/2fa/"))
    fresh = Client(headers={"accept-language": "en"})
    answer = fresh.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD}, follow=True)
    assert "Two-step sign-in" in words(answer)
    assert fresh.get("/cards/").status_code == 302


@pytest.mark.parametrize("zero", ["０", "٠", "۰"])
def test_a_code_may_be_typed_on_any_keyboard(ada: Client, lume: Shop, zero: str) -> None:
    def typed(code: str) -> str:
        folded = "".join(chr(ord(zero) + int(sign)) if sign.isdigit() else sign for sign in code)
        return f"\u200e{folded[:3]} {folded[3:]}"

    page = ada.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<bdi dir="ltr" translate="no">([A-Z2-7]{16,})</bdi>', page)
    assert secret is not None
    with time_machine.travel(time.time(), tick=False):  # the code is good for half a minute
        counter = next(iter(yield_hotp_counters_from_time()))
        ada.post("/accounts/2fa/totp/activate/", {"code": typed(format_hotp_value(hotp_value(secret[1], counter)))})
    assert "In use" in words(ada.get("/accounts/2fa/"))

    codes = Authenticator.objects.get(user=lume.owner, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    fresh = Client(headers={"accept-language": "en"})
    fresh.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD}, follow=True)
    assert fresh.post("/accounts/2fa/authenticate/", {"code": typed(codes[0])}).status_code == 302
    assert fresh.get("/cards/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
def test_the_pages_of_the_account_are_ours(ada: Client, path: str) -> None:
    page = ada.get(path)

    assert page.status_code == 200
    assert 'class="wordmark"' in page.content.decode()


@pytest.mark.django_db
def test_signing_up_leads_to_opening_a_shop(visitor: Client) -> None:
    assert visitor.get("/accounts/signup/")["Location"] == "/open-your-shop/"


def test_a_passkey_is_given_another_name_on_a_page_of_ours(ada: Client, lume: Shop) -> None:
    passkey = Authenticator.objects.create(
        user=lume.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Master key", "credential": {}}
    )
    page = f"/accounts/2fa/webauthn/keys/{passkey.pk}/edit/"

    shown = ada.get(page)
    ada.post(page, {"name": "My phone"})

    assert "Name of this passkey" in words(shown)
    assert "Security Key" not in words(shown)
    passkey.refresh_from_db()
    assert passkey.data["name"] == "My phone"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("lv", "Nepareizs e-pasts vai parole."),
        ("et", "E-posti aadress või parool ei ole õige."),
        ("uz", "Elektron pochta manzili yoki parol notoʻgʻri."),
        ("kk", "Электрондық пошта мекенжайы немесе құпия сөз дұрыс емес."),
        ("ja", "メールアドレスかパスワードが正しくありません。"),
    ],
)
def test_signing_in_wrongly_is_answered_in_our_words(visitor: Client, lume: Shop, locale: str, said: str) -> None:
    given = {"login": lume.owner.email, "password": "wrong wrong wrong"}

    answer = visitor.post("/accounts/login/", given, headers={"accept-language": locale})

    assert said in words(answer)

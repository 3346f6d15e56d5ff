"""Whoever guesses is slowed down, and nobody else: the owner's own ways in stay open."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client

from tests.mailbox import letters
from tests.web.dashboard.desk import words
from tests.world import PASSWORD, Shop

GUESSER, OWNER = "198.51.100.9", "203.0.113.7"
TOO_OFTEN = "Too many failed login attempts"


def client_at(address: str) -> Client:
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def sign_in(shop: Shop, address: str, password: str) -> str:
    answer = client_at(address).post("/accounts/login/", {"login": shop.owner.email, "password": password})
    return "in" if answer.status_code == 302 else words(answer)


@pytest.fixture
def guessed(lume: Shop) -> Shop:
    """Somebody has tried passwords until they were told to wait."""
    for _try in range(5):
        assert "not correct" in sign_in(lume, GUESSER, "wrong wrong wrong wrong")
    assert TOO_OFTEN in sign_in(lume, GUESSER, "wrong wrong wrong wrong")
    return lume


def test_whoever_guesses_has_to_wait(guessed: Shop) -> None:
    assert TOO_OFTEN in sign_in(guessed, GUESSER, PASSWORD)


def test_the_owner_signs_in_from_elsewhere_all_the_same(guessed: Shop) -> None:
    assert sign_in(guessed, OWNER, PASSWORD) == "in"


def test_the_guesser_may_still_sign_in_to_another_account(guessed: Shop, rossi: Shop) -> None:
    assert sign_in(rossi, GUESSER, PASSWORD) == "in"


def test_one_address_does_not_try_account_after_account(lume: Shop) -> None:
    said = [
        words(client_at(GUESSER).post("/accounts/login/", {"login": f"{name}@lume.example", "password": PASSWORD}))
        for name in range(11)
    ]

    assert TOO_OFTEN in said[-1]
    assert sign_in(lume, OWNER, PASSWORD) == "in"


def test_a_household_with_many_addresses_is_one_guesser(lume: Shop) -> None:
    for place in range(5):
        sign_in(lume, f"2a00:1450:1:2::{place}", "wrong wrong wrong wrong")

    assert TOO_OFTEN in sign_in(lume, "2a00:1450:1:2:ffff::1", PASSWORD)
    assert sign_in(lume, "2a00:1450:1:3::1", PASSWORD) == "in"


def test_the_way_in_by_a_passkey_stays_open(guessed: Shop) -> None:
    Authenticator.objects.create(user=guessed.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})

    for address in (GUESSER, OWNER):
        answer = client_at(address).get("/accounts/2fa/webauthn/login/", HTTP_X_REQUESTED_WITH="XMLHttpRequest")
        assert answer.status_code == 200


def test_a_forgotten_password_can_be_replaced_however_often_others_asked(guessed: Shop) -> None:
    """A mailbox gets only so many letters in an hour; those that came lead to the same place."""
    EmailAddress.objects.create(user=guessed.owner, email=guessed.owner.email, primary=True, verified=True)
    for _time in range(12):
        client_at(GUESSER).post("/accounts/password/reset/", {"email": guessed.owner.email.upper()})

    answer = client_at(OWNER).post("/accounts/password/reset/", {"email": guessed.owner.email})

    assert (answer.status_code, len(letters())) == (302, 10)


def test_mails_lead_to_our_own_address_whatever_host_was_asked(lume: Shop) -> None:
    EmailAddress.objects.create(user=lume.owner, email=lume.owner.email, primary=True, verified=False)
    visitor = Client(headers={"accept-language": "en", "host": "elsewhere.example:6666"})

    visitor.post("/accounts/password/reset/", {"email": lume.owner.email})
    visitor.post("/accounts/password/reset/", {"email": "nobody@lume.example"})
    visitor.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD})
    visitor.post("/accounts/email/", {"email": lume.owner.email, "action_send": ""})

    texts = [str(letter.body) for letter in letters()]
    assert len(texts) == 3
    for text in texts:
        assert f"{settings.BASE_URL}/" in text
        assert "elsewhere" not in text


def test_codes_of_the_second_step_are_not_tried_one_after_the_other(lume: Shop) -> None:
    """Somebody has the password, and goes from address to address."""
    TOTP.activate(lume.owner, generate_totp_secret())
    said: list[str] = []
    for place in range(8):
        guesser = client_at(f"198.51.100.{place}")
        guesser.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD})
        said.append(words(guesser.post("/accounts/2fa/authenticate/", {"code": "no such code"})))

    assert "Incorrect code" in said[0]
    assert TOO_OFTEN in said[-1]

"""`stampwell user` and `stampwell shop`: what whoever runs the server can do for people who are locked out."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from stampwell.management.invitation import invite_first_owner
from stampwell.merchants.inviting import find_invitation
from stampwell.merchants.models import User
from tests.mailbox import letters
from tests.world import Shop

pytestmark = pytest.mark.django_db


def told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_accounts_are_listed(lume: Shop, rossi: Shop) -> None:
    lines = told("user", "list").splitlines()

    assert len(lines) == User.objects.count()
    assert [line for line in lines if line.startswith(lume.owner.email) and "shops: 1  second steps: 0" in line]


def test_shops_are_listed_with_their_size(lume: Shop, rossi: Shop) -> None:
    lume.publish().card()

    [line] = [line for line in told("shop", "list").splitlines() if line.startswith(lume.merchant.slug)]

    assert "locations: 1" in line
    assert "cards: 1" in line


def test_an_invitation_is_shown_and_works() -> None:
    said = told("user", "invite", "new@lume.example", "--language", "ja")

    [secret] = re.findall(r"/open-your-shop/([0-9a-f]{40})/", said)
    assert find_invitation(secret).email == "new@lume.example"
    [sent] = letters()
    assert (sent.to, sent.subject) == (["new@lume.example"], "お店の開設へのご招待")
    assert f"/open-your-shop/{secret}/" in str(sent.body)


TOO_LONG = f"{'l' * 60}@{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 60}.lv"


@pytest.mark.parametrize("email", ["new", "new@", "a b@lume.example", "new@lume.example\nBcc: x@y.example", TOO_LONG])
def test_only_an_email_address_is_invited(email: str) -> None:
    assert "is no email address" in invite_first_owner(email, "en")
    with pytest.raises(CommandError, match="is no email address"):
        told("user", "invite", email)


def test_a_link_for_a_new_password_works(lume: Shop) -> None:
    said = told("user", "password-link", lume.owner.email.upper())

    [path] = re.findall(r"(/accounts/password/reset/key/\S+)", said)
    client = Client()
    form = client.get(path, follow=True)
    done = client.post(
        form.request["PATH_INFO"], {"password1": "another long password", "password2": "another long password"}
    )
    assert done.status_code == 302
    assert User.objects.get(pk=lume.owner.pk).check_password("another long password")


def test_two_step_sign_in_is_switched_off(lume: Shop) -> None:
    Authenticator.objects.create(user_id=lume.owner.pk, type=Authenticator.Type.TOTP, data={})

    assert "signs in with the password alone now" in told("user", "two-step-off", lume.owner.email)
    assert not Authenticator.objects.exists()
    assert "had no second step" in told("user", "two-step-off", lume.owner.email)


def test_nobody_is_told_so() -> None:
    with pytest.raises(CommandError, match="Nobody has an account"):
        told("user", "password-link", "nobody@lume.example")


def test_where_somebody_has_an_account_no_first_owner_is_invited(lume: Shop) -> None:
    assert invite_first_owner("new@lume.example", "en") == ""


def test_the_first_owner_is_invited_once() -> None:
    assert invite_first_owner("", "en") == ""
    assert "/open-your-shop/" in invite_first_owner("ada@lume.example", "lv")
    assert invite_first_owner("ada@lume.example", "lv") == ""


def test_an_owner_becomes_an_operator_and_is_none_again(lume: Shop) -> None:
    said = told("user", "operator", lume.owner.email.upper())

    assert "/operator/" in said
    assert "password/reset" not in said
    assert [
        line for line in told("user", "list").splitlines() if line.startswith(lume.owner.email) and "operator" in line
    ]

    told("user", "operator", lume.owner.email, "--off")

    assert "operator" not in told("user", "list")


def test_an_operator_without_a_shop_gets_an_account_and_chooses_its_password() -> None:
    said = told("user", "operator", "Nils@Server.example")

    [path] = re.findall(r"http://[^/]+(/accounts/password/reset/key/\S+)", said)
    client = Client(headers={"accept-language": "en"})
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], dict.fromkeys(("password1", "password2"), "ten stamps make a tea"))
    user = User.objects.get(email="nils@server.example")
    assert user.operates
    assert user.check_password("ten stamps make a tea")


@pytest.mark.parametrize("email", ["nils", TOO_LONG])
def test_only_an_email_address_becomes_an_operator(email: str) -> None:
    with pytest.raises(CommandError, match="is no email address"):
        told("user", "operator", email)
    assert not User.objects.exists()


def test_a_shop_is_closed_and_opened_by_its_name(lume: Shop) -> None:
    assert "is closed now" in told("shop", "close", lume.merchant.slug)
    assert "was closed before" in told("shop", "close", lume.merchant.slug)
    assert "(closed)" in told("shop", "list")
    assert "is open again" in told("shop", "open", lume.merchant.slug)
    assert "was open" in told("shop", "open", lume.merchant.slug)
    with pytest.raises(CommandError, match="There is no shop nowhere"):
        told("shop", "close", "nowhere")

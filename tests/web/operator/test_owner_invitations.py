"""An operator invites somebody to open a shop."""

import re

import pytest
from django.test import Client

from stampwell.mail.queue import list_mail
from stampwell.merchants.inviting import InvitationEnded, find_invitation
from stampwell.merchants.models import ShopInvitation, User
from tests.web.dashboard.desk import DeskClient, words
from tests.web.signing_in import sign_in

PATH = "/operator/invitations/"


def secret_in(page: str) -> str:
    [secret] = re.findall(r"/open-your-shop/([0-9a-f]{40})/", page)
    return str(secret)


def test_the_link_is_shown_once_and_opens_a_shop(operator: DeskClient) -> None:
    page = operator.send(PATH, email="New@Lume.example", locale="lv").content.decode()

    secret = secret_in(page)
    assert find_invitation(secret).email == "new@lume.example"
    assert Client().get(f"/open-your-shop/{secret}/").status_code == 200
    again = operator.open(PATH).content.decode()
    assert "new@lume.example" in again
    assert secret not in again
    assert [mail.recipient for mail in list_mail()] == ["new@lume.example"]


def test_the_same_address_invited_again_gets_another_link(operator: DeskClient) -> None:
    first = secret_in(operator.send(PATH, email="new@lume.example", locale="en").content.decode())

    second = secret_in(operator.send(PATH, email="new@lume.example", locale="en").content.decode())

    with pytest.raises(InvitationEnded):
        find_invitation(first)
    assert find_invitation(second)


def test_an_invitation_is_taken_back(operator: DeskClient) -> None:
    secret = secret_in(operator.send(PATH, email="new@lume.example", locale="en").content.decode())
    [path] = re.findall(r"/operator/invitations/inv_\w+/back/", operator.open(PATH).content.decode())

    operator.send(path)

    with pytest.raises(InvitationEnded):
        find_invitation(secret)
    assert "new@lume.example" not in words(operator.open(PATH))


@pytest.mark.parametrize("fields", [{}, {"email": "new"}, {"email": "new@lume.example", "locale": "xx"}])
def test_only_an_address_and_a_language_of_ours_are_taken(operator: DeskClient, fields: dict[str, str]) -> None:
    assert operator.send(PATH, **fields).status_code == 422
    assert not ShopInvitation.objects.exists()


def test_whoever_signed_in_long_ago_confirms_it_first(operator: DeskClient, nils: User) -> None:
    sign_in(operator.client, nils, seconds_ago=3600)

    assert operator.send(PATH, email="new@lume.example", locale="en").status_code == 302
    assert not ShopInvitation.objects.exists()

"""Where shops are opened by invitation, a link opens one shop, and nothing else does."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from stampwell.clock import now, stopped_at
from stampwell.merchants.inviting import (
    KEPT,
    LASTS,
    InvitationEnded,
    find_invitation,
    forget_old_shop_invitations,
    invite_owner,
    use_invitation,
)
from stampwell.merchants.models import Merchant, ShopInvitation, User
from tests.web.dashboard.desk import words
from tests.world import Shop

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Café Lume",
    "email": "ada@lume.example",
    "password": "ten stamps make a coffee",
    "locale": "lv",
    "currency": "EUR",
    "time_zone": "Europe/Riga",
}


@pytest.fixture(autouse=True)
def _by_invitation(settings: Settings) -> None:
    settings.OPEN_SHOPS = False


def test_strangers_are_told_that_shops_are_opened_by_invitation(client: Client) -> None:
    for answer in (client.get("/open-your-shop/"), client.post("/open-your-shop/", FORM)):
        assert answer.status_code == 403
        assert "Ask whoever runs this server for an invitation." in words(answer)
    assert not Merchant.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["/", "/accounts/login/"])
def test_no_page_leads_there(client: Client, page: str) -> None:
    assert "open-your-shop" not in client.get(page).content.decode()


def test_an_owner_needs_an_invitation_for_another_shop(client: Client, lume: Shop) -> None:
    client.force_login(lume.owner)

    assert client.get("/open-your-shop/").status_code == 403
    assert "open-your-shop" not in client.get("/shops/").content.decode()
    assert client.get(f"/open-your-shop/{invite_owner(lume.owner.email)}/").status_code == 200


def test_an_invitation_opens_one_shop(client: Client) -> None:
    page = f"/open-your-shop/{invite_owner('ada@lume.example')}/"
    assert 'value="ada@lume.example"' in client.get(page).content.decode()

    answer = client.post(page, FORM)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/programs/new/")
    assert Merchant.objects.get().name == "Café Lume"
    again = Client().post(page, {**FORM, "email": "bo@lume.example"})
    assert again.status_code == 404
    assert "This link was already used or has expired." in words(again)
    assert Merchant.objects.count() == 1


def test_a_form_that_was_refused_leaves_the_invitation_open(client: Client) -> None:
    page = f"/open-your-shop/{invite_owner('ada@lume.example')}/"

    assert client.post(page, {**FORM, "password": "short"}).status_code == 422

    assert client.post(page, FORM).status_code == 302


def test_an_email_that_has_an_account_leaves_the_invitation_open(client: Client, lume: Shop) -> None:
    page = f"/open-your-shop/{invite_owner(lume.owner.email)}/"

    assert client.post(page, {**FORM, "email": lume.owner.email}).status_code == 422

    assert client.get(page).status_code == 200


def test_of_two_who_come_at_once_one_is_refused() -> None:
    first, second = (find_invitation(secret) for secret in [invite_owner("ada@lume.example")] * 2)

    use_invitation(first)
    with pytest.raises(InvitationEnded):
        use_invitation(second)


def test_an_invitation_ends(client: Client) -> None:
    secret = invite_owner("ada@lume.example")

    with stopped_at(now() + LASTS - timedelta(seconds=1)):
        assert find_invitation(secret).email == "ada@lume.example"
    with stopped_at(now() + LASTS):
        assert client.get(f"/open-your-shop/{secret}/").status_code == 404


def test_a_new_invitation_ends_the_one_before() -> None:
    before, other = invite_owner("ada@lume.example"), invite_owner("bo@lume.example")

    after = invite_owner("Ada@lume.example")

    with pytest.raises(InvitationEnded):
        find_invitation(before)
    assert find_invitation(after).email == "Ada@lume.example"
    assert find_invitation(other).email == "bo@lume.example"


@pytest.mark.parametrize("secret", ["", "0", "a" * 40, "ā", "%00", "x" * 5000])
def test_what_is_no_invitation_is_refused(client: Client, secret: str) -> None:
    assert client.get(f"/open-your-shop/{secret}/").status_code in (403, 404)


def test_the_page_sends_its_address_nowhere(client: Client) -> None:
    answer = client.get(f"/open-your-shop/{invite_owner('ada@lume.example')}/")

    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_address_of_whoever_was_invited_is_not_kept_for_ever() -> None:
    invite_owner("ada@lume.example")
    ended = now() + LASTS

    with stopped_at(ended + KEPT - timedelta(minutes=1)):
        forget_old_shop_invitations()
        assert ShopInvitation.objects.count() == 1
    with stopped_at(ended + KEPT + timedelta(minutes=1)):
        invite_owner("bob@rossi.example")
        forget_old_shop_invitations()

    assert list(ShopInvitation.objects.values_list("email", flat=True)) == ["bob@rossi.example"]

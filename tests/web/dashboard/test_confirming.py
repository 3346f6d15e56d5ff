"""Before something that lasts, whoever signed in long ago says once more who they are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stampwell.ids import public_id
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.models import ApiKey, Merchant, StaffMember
from stampwell.merchants.pins import sign_in_with_pin
from stampwell.web.recent_sign_in import RECENT
from tests.web.dashboard.desk import words
from tests.web.signing_in import sign_in
from tests.world import PASSWORD, PIN, Shop

LONG_AGO = RECENT + timedelta(seconds=1)
KEY = {"once": "k", "name": "Till", "scopes": ["stamps:write"], "location": ""}


def at_desk(shop: Shop, *, ago: timedelta) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, shop.owner, seconds_ago=ago.total_seconds())
    return client


def asked_first(path: str) -> str:
    return f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("ago", [LONG_AGO, -timedelta(hours=3)], ids=["long ago", "while the clock was ahead"])
def test_an_old_session_makes_no_key(lume: Shop, ago: timedelta) -> None:
    client, path = at_desk(lume, ago=ago), reverse("new_api_key")

    assert client.get(path)["Location"] == asked_first(path)
    assert client.post(path, KEY)["Location"] == asked_first(path)

    assert ApiKey.objects.count() == 0


def test_an_old_session_changes_no_pin_and_keeps_none(lume: Shop) -> None:
    bo, client = lume.hire("Bo"), at_desk(lume, ago=LONG_AGO)
    person = {"person": public_id("stf", bo.id)}

    answer = client.post(reverse("change_pin", kwargs=person), {"pin": "135790"})

    assert answer["Location"] == asked_first(reverse("person", kwargs=person))
    assert "135790" not in str(dict(client.session))
    station, _credential = lume.scanner()
    assert sign_in_with_pin(lume.merchant, station, bo.id, PIN).id == bo.id


def test_an_old_session_changes_no_role_no_limit_and_adds_nobody(lume: Shop) -> None:
    bo, client = lume.hire("Bo"), at_desk(lume, ago=LONG_AGO)
    person = {"person": public_id("stf", bo.id)}

    for name, kwargs, fields in (
        ("change_person", person, {"name": "Bo", "role": "owner"}),
        ("new_person", {}, {"once": "k", "name": "Di", "role": "manager", "pin": "1357"}),
        ("old_paper", {}, {"most_stamps": "9", "most_a_day": "20"}),
        ("staff_limits", {}, {"most_stamps_at_once": "99", "most_stamps_with_override": "99"}),
    ):
        assert "reauthenticate" in client.post(reverse(name, kwargs=kwargs), fields)["Location"]

    assert StaffMember.objects.filter(merchant=lume.merchant).count() == 2
    assert StaffMember.objects.get(id=bo.id).role == "cashier"
    assert Merchant.objects.get(id=lume.merchant.id).most_stamps_at_once == 10


def test_who_confirms_goes_on(lume: Shop) -> None:
    client, path = at_desk(lume, ago=LONG_AGO), reverse("new_api_key")

    page = client.get(client.get(path)["Location"])
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong wrong wrong wrong", "next": path})
    right = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path})

    assert "Confirm it’s you" in words(page)
    assert wrong.status_code == 200
    assert right["Location"] == path
    assert client.post(path, KEY).status_code == 200
    assert ApiKey.objects.get().scopes == ["stamps:write"]


def test_who_has_just_signed_in_is_not_asked(lume: Shop) -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD})

    assert client.get(reverse("new_api_key")).status_code == 200
    assert at_desk(lume, ago=RECENT - timedelta(minutes=1)).post(reverse("new_api_key"), KEY).status_code == 200


def test_another_address_of_an_account_is_confirmed_too(lume: Shop) -> None:
    client = at_desk(lume, ago=LONG_AGO)

    answer = client.post("/accounts/email/", {"email": "eve@evil.example", "action_add": ""})

    assert "reauthenticate" in answer["Location"]


def test_an_old_session_removes_nobody_and_switches_off_no_key(lume: Shop) -> None:
    bo, client = lume.hire("Bo"), at_desk(lume, ago=LONG_AGO)
    key, _text = issue_api_key(lume.merchant, name="Till", scopes=["cards:read"])
    person, of_key = {"person": public_id("stf", bo.id)}, {"key": public_id("key", key.id)}

    left = client.post(reverse("leave_team", kwargs=person))
    off = client.post(reverse("revoke_api_key", kwargs=of_key))

    assert left["Location"] == asked_first(reverse("person", kwargs=person))
    assert off["Location"] == asked_first(reverse("revoke_api_key", kwargs=of_key))
    assert not StaffMember.objects.filter(left__isnull=False).exists()
    assert ApiKey.objects.get().revoked is None

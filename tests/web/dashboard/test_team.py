"""People, devices, places and keys."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.formatting import format_date
from stampwell.merchants.access import find_api_caller
from stampwell.merchants.enrolling import enrol_station, find_station
from stampwell.merchants.models import ApiKey, Location, StaffMember, Station
from stampwell.merchants.pins import WrongPin, sign_in_with_pin
from stampwell.merchants.training import note_practised
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.scanner.phone import Phone
from tests.world import PIN, Shop


def person(member: StaffMember) -> str:
    return f"/team/people/{public_id('stf', member.id)}/"


def test_a_person_joins_with_role_and_pin(desk: DeskClient, lume: Shop) -> None:
    answer = desk.send("/team/people/new/", name="Bo", role="cashier", pin="2580")

    member = StaffMember.objects.get(merchant=lume.merchant, name="Bo")
    page = desk.open(answer.headers["Location"])
    assert member.role == "cashier"
    assert check_password("2580", member.pin_hash)
    assert "Bo is now in the team." in words(page)
    assert "2580" not in page.content.decode()


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "１２３４５６７８９"])
def test_a_pin_has_four_to_eight_digits(desk: DeskClient, lume: Shop, pin: str) -> None:
    answer = desk.send("/team/people/new/", name="Bo", role="cashier", pin=pin)

    assert answer.status_code == 422
    assert "A PIN has 4 to 8 digits." in words(answer)
    assert StaffMember.objects.filter(merchant=lume.merchant).count() == 1


@pytest.mark.parametrize("typed", ["２５８０", "٢٥٨٠", "۲۵۸۰", "२५८०", "2580\u200e", " 2580 "])
def test_a_pin_is_the_same_on_every_keyboard(desk: DeskClient, lume: Shop, typed: str) -> None:
    desk.send("/team/people/new/", name="Bo", role="cashier", pin=typed)
    bo = StaffMember.objects.get(merchant=lume.merchant, name="Bo")
    phone = Phone(lume).enrol()

    assert check_password("2580", bo.pin_hash)
    assert phone.sign_in(bo, "2580").status_code == 302
    assert phone.sign_in(bo, typed).status_code == 302
    assert phone.sign_in(bo, "2581").status_code == 403


def test_a_new_pin_replaces_the_old_one(desk: DeskClient, lume: Shop) -> None:
    bo = lume.hire("Bo")

    desk.send(f"{person(bo)}pin/", pin="31415")

    bo.refresh_from_db()
    assert check_password("31415", bo.pin_hash)


def test_the_owner_unlocks_a_pin(desk: DeskClient, lume: Shop) -> None:
    bo = lume.hire("Bo")
    station, _ = lume.scanner()
    for _try in range(5):
        with pytest.raises(WrongPin):
            sign_in_with_pin(lume.merchant, station, bo.id, "0000")
    assert "no longer accepts it" in words(desk.open(person(bo)))

    desk.send(f"{person(bo)}unlock/")

    assert "no longer accepts it" not in words(desk.open(person(bo)))
    assert sign_in_with_pin(lume.merchant, station, bo.id, PIN) == bo


def test_somebody_leaves_and_is_listed_no_more(desk: DeskClient, lume: Shop) -> None:
    bo = lume.hire("Bo")

    desk.send(f"{person(bo)}leave/")

    assert desk.open(person(bo)).status_code == 404
    assert StaffMember.objects.get(id=bo.id).left is not None


@pytest.mark.parametrize("act", ["leave/", "change/"])
def test_the_last_owner_stays_owner(desk: DeskClient, lume: Shop, act: str) -> None:
    answer = desk.send(person(lume.ada) + act, name="Ada", role="cashier")

    assert answer.status_code == 422
    assert "This is the only owner of the shop." in words(answer)
    assert StaffMember.objects.get(id=lume.ada.id).role == "owner"


def test_a_manager_neither_makes_nor_changes_an_owner(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)

    made = bo.send("/team/people/new/", name="Eve", role="owner", pin="1357")
    changed = bo.send(person(lume.ada) + "pin/", pin="1111")

    assert (made.status_code, changed.status_code) == (302, 403)
    assert StaffMember.objects.get(name="Eve").role == "cashier"


def test_a_phone_is_invited_connected_and_switched_off(desk: DeskClient, lume: Shop) -> None:
    fields = {"name": "Counter phone", "location": public_id("loc", lume.location.id)}
    first = desk.send("/team/devices/new/", once="tap", **fields).content.decode()
    second = desk.send("/team/devices/new/", once="tap", **fields).content.decode()

    links = [re.search(rf"/scanner/enrol/{lume.merchant.slug}/([0-9a-f]+)", page) for page in (first, second)]
    assert links[0] is not None
    assert links[1] is not None
    assert links[0][0] == links[1][0]
    station, credential = enrol_station(lume.merchant, links[0][1])
    state = desk.open(f"/team/devices/{public_id('stn', station.id)}/state/")
    assert "The device is connected." in words(state)

    off = f"/team/devices/{public_id('stn', station.id)}/off/"
    assert "Switch this device off?" in words(desk.open(off))
    assert find_station(lume.merchant, station.id, credential) is not None
    desk.send(off)
    assert find_station(lume.merchant, station.id, credential) is None
    assert Station.objects.count() == 1


def test_a_place_is_added_once(desk: DeskClient, lume: Shop) -> None:
    for _tap in range(2):
        desk.send("/settings/locations/new/", once="tap", name="Old Town", time_zone="Europe/Riga", opening="always")

    assert Location.objects.get(merchant=lume.merchant, name="Old Town").opening_hours == {}


def test_a_key_is_shown_once_and_stops_when_switched_off(desk: DeskClient, lume: Shop) -> None:
    made = desk.send(
        "/settings/keys/new/",
        name="Till",
        scopes=["stamps:write", "cards:read"],
        location=public_id("loc", lume.location.id),
    )

    text = re.search(r"sk_[\w-]+", words(made))
    assert text is not None
    caller = find_api_caller(text[0])
    assert caller is not None
    assert caller.scopes == {"stamps:write", "cards:read"}
    assert caller.actor.location_id == lume.location.id
    assert text[0] not in desk.open("/settings/keys/").content.decode()
    desk.send(f"/settings/keys/{public_id('key', ApiKey.objects.get().id)}/off/")
    assert find_api_caller(text[0]) is None


def test_a_key_needs_a_purpose(desk: DeskClient, lume: Shop) -> None:
    answer = desk.send("/settings/keys/new/", name="Till", scopes=["everything"], location="")

    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_manager_makes_no_keys(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)

    assert bo.send("/settings/keys/new/", name="Till", scopes=["stamps:write"]).status_code == 403
    assert not ApiKey.objects.exists()


def test_the_owner_sees_who_has_practised_and_who_has_not(desk: DeskClient, lume: Shop) -> None:
    bo, _eve = lume.hire("Bo"), lume.hire("Eve")
    note_practised(lume.merchant, bo)

    page = words(desk.open("/team/"))

    assert f"Bo Cashier · Practised: {format_date(now(), ZoneInfo(lume.merchant.time_zone))}" in page
    assert "Eve Cashier · not practised yet" in page
    assert page.count("ractised") == 2  # the owner has no PIN, so the scanner is not for her

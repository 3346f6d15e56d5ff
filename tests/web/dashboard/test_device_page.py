"""A device of the team: what it is, its name, and its history after it was switched off."""

from contextlib import suppress
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import StaffMember, Station
from stampwell.merchants.pins import MOST_PINS, WrongPin, set_pin, sign_in_with_pin
from stampwell.merchants.shifts import SHIFT_LASTS
from stampwell.release import our_version
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.phone import Phone
from tests.world import Offer, Shop


def test_a_device_is_renamed_and_goes_on_working(desk: DeskClient, lume: Shop) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))
    station = Station.objects.get(enrolled__isnull=False)
    path = f"/team/devices/{public_id('stn', station.id)}/"

    assert desk.send(path, name="Bar").headers["Location"] == "/team/"

    assert "Bar" in words(desk.open("/team/"))
    assert phone.client.get("/scanner/").status_code == 200
    assert desk.send(path, name=" ").status_code == 422
    assert Station.objects.get(id=station.id).name == "Bar"


def test_one_that_was_switched_off_keeps_its_name_and_its_history(desk: DeskClient, lume: Shop) -> None:
    station, _credential = lume.scanner("Old phone")
    revoke_station(lume.merchant, station.id, actor=lume.actor)
    path = f"/team/devices/{public_id('stn', station.id)}/"

    page = desk.open(path).content.decode()

    assert f"/journal/?device=dev_{station.id.hex}" in page
    assert "Old phone" in words(desk.open("/team/"))
    assert words(desk.open(f"/journal/?device=dev_{station.id.hex}")).count("Old phone") > 1
    assert desk.send(path, name="New").status_code == 404
    assert Station.objects.get(id=station.id).name == "Old phone"


def test_one_that_never_was_connected_has_no_history(desk: DeskClient, lume: Shop) -> None:
    station = Station.objects.create(merchant=lume.merchant, kind="scanner", name="Spare", location=lume.location)
    path = f"/team/devices/{public_id('stn', station.id)}/"
    assert "What happened" not in words(desk.open(path))

    Station.objects.filter(id=station.id).update(revoked=now())

    assert "Spare" not in words(desk.open("/team/"))


def test_the_list_says_who_works_there_when_it_scanned_last_and_its_app(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))
    phone.scan(offer.card().code)
    station = Station.objects.get(enrolled__isnull=False)

    team = words(desk.open("/team/"))
    page = words(desk.open(f"/team/devices/{public_id('stn', station.id)}/"))

    assert f"Café Lume · Bo · last scan: today at 12:00 · app version: {our_version()} Connected Switch off" in team
    assert "Last scan today at 12:00 Who is signed in Bo" in page
    assert (station.last_scan, station.release) == (START, our_version())


def test_a_scan_is_written_down_once_a_minute(lume: Shop, offer: Offer) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))
    card = offer.card()

    for seconds in (0, 59, 61):
        with stopped_at(START + timedelta(seconds=seconds)):
            phone.scan(card.code)

    assert Station.objects.get(enrolled__isnull=False).last_scan == START + timedelta(seconds=61)


def test_nobody_works_there_once_it_is_locked_the_pin_is_new_or_the_shift_is_long_over(
    desk: DeskClient, lume: Shop
) -> None:
    bo = lume.hire("Bo")
    phone = Phone(lume).enrol()
    phone.sign_in(bo)
    at_work = "· Bo ·"
    assert at_work in words(desk.open("/team/"))

    with stopped_at(START + SHIFT_LASTS):
        assert at_work not in words(desk.open("/team/"))
    set_pin(lume.merchant, bo.id, "8642")
    assert at_work not in words(desk.open("/team/"))


def test_a_locked_pin_is_seen_and_unlocked_in_the_list(desk: DeskClient, lume: Shop) -> None:
    bo, station = lume.hire("Bo"), lume.scanner()[0]
    for _time in range(MOST_PINS):
        with suppress(WrongPin):
            sign_in_with_pin(lume.merchant, station, bo.id, "0000")
    path = f"/team/people/{public_id('stf', bo.id)}/unlock/"
    locked = desk.open("/team/")

    assert words(locked).count("PIN locked") == 1
    assert path in locked.content.decode()
    StaffMember.objects.filter(id=bo.id).update(role=StaffMember.Role.MANAGER)
    people = words(desk.open("/team/"))
    assert "Manager · not practised yet Cannot sign in yet PIN locked" in people  # it hides nothing else
    desk.send(path)
    assert "PIN locked" not in words(desk.open("/team/"))


def test_a_device_that_takes_nobodys_pin_says_so(desk: DeskClient, lume: Shop) -> None:
    people, station = [lume.hire(name) for name in ("Bo", "Cy", "Di", "Eve", "Fay")], lume.scanner()[0]
    for person in people:
        for _time in range(MOST_PINS - 1):
            with suppress(WrongPin):
                sign_in_with_pin(lume.merchant, station, person.id, "0000")

    assert "PIN locked" in words(desk.open(f"/team/devices/{public_id('stn', station.id)}/"))


def test_the_list_of_the_team_costs_the_same_however_long_it_is(desk: DeskClient, lume: Shop) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.open("/team/")
        return len(asked)

    lume.hire("Bo")
    lume.scanner("One")
    before = questions()
    for name in ("Two", "Three"):
        lume.scanner(name)
        lume.hire(name)

    assert questions() == before


def test_list_and_page_say_how_many_scans_a_device_keeps_itself(desk: DeskClient, lume: Shop) -> None:
    station, _credential = lume.scanner("Till")
    path, found = f"/team/devices/{public_id('stn', station.id)}/", Station.objects.filter(id=station.id)
    assert "on the device" not in words(desk.open("/team/")) + words(desk.open(path))

    found.update(kept_scans=1_200, kept_since=START - timedelta(hours=2), kept_told=START)

    said = "Saved scans on the device: 1,200 · the oldest: today at 10:00 · told: today at 12:00"
    assert said in words(desk.open("/team/"))
    page = words(desk.open(path))
    assert "Saved scans on the device 1,200 Time of the oldest saved scan today at 10:00" in page
    assert "When the device reported this today at 12:00" in page

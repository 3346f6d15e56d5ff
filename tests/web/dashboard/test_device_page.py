"""A device of the team: what it is, its name, and its history after it was switched off."""

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import Station
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.phone import Phone
from tests.world import Shop


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

"""Devices of each kind at the desk: connected by a link of their own, told apart, and with what they may do alone."""

import re

import pytest

from stampwell.ids import public_id
from stampwell.merchants.models import Station
from tests.web.dashboard.desk import DeskClient, words
from tests.web.devices import Device
from tests.world import Shop

PROMISES = {
    "scanner": "A phone of your staff.",
    "kiosk": "Nobody watches",
    "autopilot": "Nobody signs in",
}


@pytest.mark.parametrize("kind", PROMISES)
def test_each_kind_says_what_it_is_and_gets_a_link_of_its_own(desk: DeskClient, lume: Shop, kind: str) -> None:
    assert PROMISES[kind] in words(desk.open("/team/devices/new/"))

    place = public_id("loc", lume.location.id)
    page = desk.send("/team/devices/new/", name="By the door", location=place, kind=kind).content.decode()

    found = re.search(rf'href="[^"]*(/{kind}/enrol/[^"]+)"', page)
    assert found, page
    assert desk.client.post(found[1]).status_code == 302
    assert Station.objects.get(enrolled__isnull=False).kind == kind
    assert kind.capitalize() in words(desk.open("/team/"))


def test_a_device_of_no_kind_is_a_scanner_and_one_of_an_unknown_kind_is_none(desk: DeskClient, lume: Shop) -> None:
    place = public_id("loc", lume.location.id)
    desk.send("/team/devices/new/", name="Phone", location=place)
    assert Station.objects.get().kind == "scanner"

    assert desk.send("/team/devices/new/", name="Robot", location=place, kind="robot").status_code == 422


def test_what_a_kiosk_may_do_alone_is_set_at_the_desk(desk: DeskClient, lume: Shop) -> None:
    kiosk = Device(lume, "kiosk").enrol()
    path = f"/team/devices/{public_id('stn', kiosk.station.id)}/"

    assert "Minutes between two stamps on one card" in words(desk.open(path))
    assert desk.send(path, name="Door", pause="0", most_a_day="2").status_code == 302
    assert desk.send(path, name="Window", pause="-1", most_a_day="").status_code == 422

    station = kiosk.station
    assert (station.name, station.pause_seconds, station.most_a_day) == ("Door", 0, 2)
    assert "What the device “Door” may do alone was changed." in words(desk.open("/settings/changes/"))


def test_whether_an_autopilot_uses_vouchers_is_set_at_the_desk(desk: DeskClient, lume: Shop) -> None:
    till = Device(lume, "autopilot").enrol()
    path = f"/team/devices/{public_id('stn', till.station.id)}/"

    assert desk.send(path, name="Till", hands_over="on").status_code == 302
    assert till.station.hands_over
    desk.send(path, name="Till")
    assert not till.station.hands_over

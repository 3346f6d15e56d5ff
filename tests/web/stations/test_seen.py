"""A device that was silent for long and comes back is told, once."""

from datetime import datetime, timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import Station
from stampwell.merchants.seeing import NOTHING, SILENT, note_scanned
from tests.kept import made_once
from tests.moments import START
from tests.web.devices import Device
from tests.web.stations.keeping import KeepingDevice
from tests.world import HeldCard, Shop

SECOND = timedelta(seconds=1)


@pytest.fixture
@made_once
def kiosk(lume: Shop) -> Device:
    kiosk = Device(lume, "kiosk").enrol()
    kiosk.get()
    return kiosk


def told() -> list[Event]:
    return list(Event.objects.filter(type="station.seen").order_by("id"))


def open_at(kiosk: Device, moment: datetime) -> None:
    with stopped_at(moment):
        assert kiosk.get().status_code == 200


def test_a_device_that_was_silent_for_an_hour_is_told_when_it_is_back(kiosk: Device) -> None:
    open_at(kiosk, START + SILENT)

    (event,) = told()
    station = kiosk.station
    assert event.at == START + SILENT
    assert event.data["station_id"] == public_id("stn", station.id)
    assert event.data["silent_since"].startswith(START.isoformat()[:16])
    assert (event.source, event.location_id) == ("kiosk", station.location_id)


def test_a_device_in_use_is_never_told(kiosk: Device) -> None:
    for minutes in (1, 30, 80, 139):
        open_at(kiosk, START + timedelta(minutes=minutes))
    open_at(kiosk, START + timedelta(minutes=139) + SILENT - SECOND)

    assert told() == []


def test_it_is_told_once_whatever_it_asks_for_then(kiosk: Device) -> None:
    for seconds in (0, 1, 90):
        open_at(kiosk, START + SILENT + timedelta(seconds=seconds))

    assert len(told()) == 1


def test_of_two_requests_that_read_the_same_row_one_tells_it(kiosk: Device, lume: Shop) -> None:
    read = [Station.objects.get(id=kiosk.station.id) for _number in range(2)]
    with stopped_at(START + SILENT):
        for station in read:
            note_scanned(lume.merchant, station, NOTHING)

    assert len(told()) == 1


def test_scans_that_are_handed_in_bring_a_device_back(lume: Shop) -> None:
    till = KeepingDevice(Device(lume, "autopilot").enrol())
    card: HeldCard = lume.publish().card()
    kept = till.memory.keep(card.code)
    with stopped_at(START + timedelta(days=3)):
        till.hand_in(kept)

    assert [event.data["kind"] for event in told()] == ["autopilot"]

"""A device says with each batch how many scans it still keeps itself."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from stampwell.clock import stopped_at
from stampwell.offline.taking import Taking
from tests.kept import made_once
from tests.moments import START
from tests.offline.device import milliseconds
from tests.web.devices import Device
from tests.web.stations.keeping import KeepingDevice
from tests.world import Offer, Shop

HOUR = timedelta(hours=1)
KINDS = ["kiosk", "autopilot"]


@pytest.fixture(params=KINDS)
def offline(request: pytest.FixtureRequest, lume: Shop) -> KeepingDevice:
    return KeepingDevice(Device(lume, request.param).enrol())


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
def kiosk(lume: Shop) -> KeepingDevice:
    return KeepingDevice(Device(lume, "kiosk").enrol())


def tell(device: KeepingDevice, left: object, *scans: dict[str, Any]) -> list[str]:
    answer = device.post("scans/batch", {**device.memory.batch(*scans), "left": left})
    assert answer.status_code == 200, answer.content
    return [result["state"] for result in msgspec.json.decode(answer.content)["results"]]


def kept(device: KeepingDevice) -> tuple[int, object, object]:
    station = device.device.station
    return station.kept_scans, station.kept_since, station.kept_told


def test_a_device_tells_how_many_scans_it_keeps_and_since_when(offline: KeepingDevice, offer: Offer) -> None:
    since = milliseconds(START - 2 * HOUR)
    assert kept(offline) == (0, None, None)

    assert tell(offline, {"count": 3, "since": since}, offline.memory.keep(offer.card().code)) == ["counted"]
    assert kept(offline) == (3, START - 2 * HOUR, START)

    with stopped_at(START + timedelta(seconds=20)):
        tell(offline, {"count": 3, "since": since})
        assert kept(offline)[2] == START, "the same is written once a minute"
        tell(offline, {"count": 0, "since": None})
        assert kept(offline) == (0, None, START + timedelta(seconds=20))


def test_its_clock_is_put_right_as_that_of_scans(kiosk: KeepingDevice) -> None:
    kiosk.memory.behind = -48 * HOUR

    tell(kiosk, {"count": 1, "since": milliseconds(START + 47 * HOUR)})

    assert kept(kiosk) == (1, START - HOUR, START)


def test_what_it_has_to_send_again_is_kept_as_well(
    kiosk: KeepingDevice, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Taking.take_all, "__kwdefaults__", {"patience": -1.0})
    scan = kiosk.memory.keep(offer.card().code)

    assert tell(kiosk, {"count": 0, "since": None}, scan) == ["later"]

    assert kept(kiosk) == (1, START, START)


def test_a_scan_that_is_sent_alone_says_that_none_is_kept(offline: KeepingDevice, offer: Offer) -> None:
    tell(offline, {"count": 3, "since": milliseconds(START)})

    offline.device.scan(offer.card().code)

    assert kept(offline) == (0, None, START)


@pytest.mark.parametrize(
    "left",
    [
        {"count": -1, "since": 1},
        {"count": 1_000_001, "since": 1},
        {"count": 10**30, "since": 1},
        {"count": 1, "since": 10**30},
        {"count": 1, "since": -1},
        {"count": "3"},
        {"since": 1},
        [[[]]],
        "many",
        None,
    ],
)
def test_what_cannot_be_right_harms_no_scan(kiosk: KeepingDevice, offer: Offer, left: object) -> None:
    assert tell(kiosk, left, kiosk.memory.keep(offer.card().code)) == ["counted"]
    assert kept(kiosk) == (0, None, None)


@pytest.mark.parametrize(
    ("since", "shown"),
    [(None, START), (milliseconds(START + HOUR), START), (milliseconds(START - HOUR), START - HOUR)],
)
def test_no_scan_is_older_than_it_can_be(kiosk: KeepingDevice, since: int | None, shown: object) -> None:
    tell(kiosk, {"count": 1_000_000, "since": since})

    assert kept(kiosk) == (1_000_000, shown, START)

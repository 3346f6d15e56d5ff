"""What a kiosk and an autopilot keep so that they open without a connection."""

import pytest
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.merchants.models import StaffMember
from stampwell.merchants.shifts import begin_next_shift
from tests.web.devices import Device
from tests.world import Shop

KINDS = ["kiosk", "autopilot"]


@pytest.fixture(params=KINDS)
def device(request: pytest.FixtureRequest, lume: Shop) -> Device:
    lume.publish(offer={"en": "Ten stamps, one coffee."})
    return Device(lume, request.param).enrol()


def test_the_page_that_a_device_keeps_names_nobody_and_has_nothing_that_grows_old(device: Device, lume: Shop) -> None:
    begin_next_shift(lume.merchant, device.station, lume.hire("Bo Quist", StaffMember.Role.MANAGER))
    device.scan(lume.publish().card(name="Di Quist").code)
    device.allow(shows_code=True)
    page = device.get("offline")
    with stopped_at(now().replace(year=now().year + 1)):
        again = device.get("offline")

    assert page.content == again.content
    found = [part for part in ("Quist", "/here/", "offline-facts", "csrf-token") if part in page.text]
    assert found == []
    assert "camera=(self)" in page.headers["Permissions-Policy"]


def test_a_kept_kiosk_may_read_codes(lume: Shop) -> None:
    page = Device(lume, "kiosk").enrol().get("offline")

    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]


def test_another_offer_is_another_version(lume: Shop) -> None:
    kiosk = Device(lume, "kiosk").enrol()
    texts = [kiosk.get("sw.js").content for _time in range(2)]
    lume.publish(offer={"en": "Five teas, one free."})
    texts.append(kiosk.get("sw.js").content)

    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
def test_a_stranger_gets_no_page_to_keep(kind: str) -> None:
    assert [Client().get(f"/{kind}/{path}").status_code for path in ("offline", "sw.js")] == [403, 403]

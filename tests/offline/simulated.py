"""The shop of the simulator, and its devices: two tabs with one memory, which reach the views of their kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client, RequestFactory
from django.urls import resolve

from stampwell.cards.giving import give_voucher
from stampwell.merchants.models import Station
from stampwell.vouchers.rows import VoucherRow
from tests.offline.device import Device, as_json
from tests.offline.handed_out import allow, price
from tests.web.devices import Device as Alone
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Phone
from tests.web.stations.keeping import KeepingDevice
from tests.world import HeldCard, Shop, open_lume


@dataclass
class Kept:
    """A scan as its device remembers it, and what we know of it besides."""

    scan: dict[str, Any]
    card: HeldCard
    at: datetime
    clocks_moved: int
    reached: bool = False
    on_the_way: bool = False
    never_to_count: bool = False
    states: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Enrolled:
    """A device as it was enrolled, before anything happens: its cookies, the text of its page, and the key it sent."""

    client: Client
    station: Station
    shift: str
    key: ec.EllipticCurvePrivateKey | None


@dataclass(frozen=True)
class Opened:
    """A shop that allows rewards without a network, with a voucher on each card."""

    shop: Shop
    cards: list[HeldCard]
    vouchers: list[VoucherRow]
    devices: list[Enrolled]


def open_shop(cooldown: timedelta) -> Opened:
    """With two scanners, a kiosk and an autopilot."""
    lume = open_lume()
    bo = lume.hire("Bo")
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": int(cooldown.total_seconds())})
    price(offer, 90)
    allow(lume, 90)
    devices = []
    for _number in range(2):
        phone = Phone(lume).enrol()
        phone.sign_in(bo)
        keeping = KeepingPhone(phone)
        devices.append(Enrolled(phone.client, keeping.station, keeping.facts["shift"], keeping.device.key))
    for kind in ("kiosk", "autopilot"):
        alone = KeepingDevice(Alone(lume, kind).enrol())
        devices.append(Enrolled(alone.device.client, alone.device.station, alone.memory.shift, alone.memory.key))
    cards, reward = [offer.card() for _number in range(3)], offer.terms.milestones[-1].reward
    given = [give_voucher(lume.merchant, card.id, reward.id, actor=lume.actor) for card in cards]
    return Opened(lume, cards, [one.voucher for one in given], devices)


class Simulated:
    """A browser with two tabs, which share one memory."""

    def __init__(self, enrolled: Enrolled, random: Random) -> None:
        self.cookies = {name: morsel.value for name, morsel in enrolled.client.cookies.items()}
        self.station, self.random = enrolled.station, random
        behind = timedelta(hours=random.randint(-48, 48))
        self.device = Device(shift=enrolled.shift, behind=behind, key=enrolled.key)
        self.memory: dict[str, Kept] = {}
        self.clocks_moved = 0
        self.is_off = False

    def send_alone(self, body: object) -> Any:
        return self._post("scans", body)

    def send_batch(self, body: object) -> Any:
        return self._post("scans/batch", body)

    def send_key(self) -> Any:
        return self._post("device-key", {"key": self.device.public_key})

    def _post(self, path: str, body: object) -> Any:
        url = f"/{self.station.kind}/{path}"
        request = RequestFactory().post(url, as_json(body), content_type="application/json")
        request.COOKIES.update(self.cookies)
        return resolve(url).func(request)

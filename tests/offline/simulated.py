"""A device of the simulator: two tabs with one memory, which reach the views of its kind of station."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client, RequestFactory
from django.urls import resolve

from stampwell.merchants.models import Station
from tests.offline.device import Device, as_json
from tests.world import HeldCard


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

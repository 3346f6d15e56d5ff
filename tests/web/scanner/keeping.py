"""Bo's phone as one that keeps scans while it has no network."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

from stampwell.merchants.models import Station
from tests.offline.device import Device
from tests.web.scanner.phone import Phone


class KeepingPhone:
    """`phone` has signed in; `device` writes down and signs."""

    def __init__(self, phone: Phone, **more: Any) -> None:
        self.phone, self.device = phone, Device(**more)
        self.facts: dict[str, Any] = phone.offline_facts()
        self.device.shift = self.facts["shift"]
        if self.device.key is not None:
            assert self.register().status_code == 200

    @property
    def station(self) -> Station:
        return Station.objects.get(id=self.facts["station"].removeprefix("stn_"))

    def register(self) -> HttpResponse:
        return self.post("/scanner/device-key", {"key": self.device.public_key})

    def post(self, url: str, body: object) -> HttpResponse:
        return self.phone.send(url, msgspec.json.encode(body), "application/json")

    def hand_in(self, *scans: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.post("/scanner/scans/batch", self.device.batch(*scans))
        assert answer.status_code == 200, answer.content[:300]
        results: list[dict[str, Any]] = msgspec.json.decode(answer.content)["results"]
        return results

    def states(self, *scans: dict[str, Any]) -> list[str]:
        return [result["state"] for result in self.hand_in(*scans)]

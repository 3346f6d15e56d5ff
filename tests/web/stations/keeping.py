"""A kiosk or an autopilot that keeps scans while it has no network."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from django.http import HttpResponse

from tests.offline.device import Device as Memory
from tests.web.devices import Device


class KeepingDevice:
    """`device` is the browser with its cookie; `memory` writes down and signs."""

    def __init__(self, device: Device, **more: Any) -> None:
        self.device, self.memory = device, Memory(**more)
        self.memory.shift = self.facts()["shift"]
        if self.memory.key is not None:
            assert self.register().status_code == 200

    def facts(self) -> dict[str, Any]:
        """What the page tells the device, so that it can go on without a network."""
        block = re.search(r'id="offline-facts"[^>]*>([^<]*)<', self.device.get().content.decode())
        assert block, "the page tells nothing"
        facts: dict[str, Any] = msgspec.json.decode(block[1])
        return facts

    def register(self) -> HttpResponse:
        return self.post("device-key", {"key": self.memory.public_key})

    def post(self, path: str, body: object) -> HttpResponse:
        url = f"/{self.device.kind}/{path}"
        return self.device.client.post(url, msgspec.json.encode(body), content_type="application/json")  # type: ignore[return-value]

    def hand_in(self, *scans: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.post("scans/batch", self.memory.batch(*scans))
        assert answer.status_code == 200, answer.content[:300]
        results: list[dict[str, Any]] = msgspec.json.decode(answer.content)["results"]
        return results

    def states(self, *scans: dict[str, Any]) -> list[str]:
        return [result["state"] for result in self.hand_in(*scans)]

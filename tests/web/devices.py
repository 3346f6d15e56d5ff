"""A kiosk or an autopilot, over HTTP: enrolled, with nobody at it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import msgspec
from django.http import HttpResponse
from django.test import Client

from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.models import Station
from tests.world import Shop


class Answer(msgspec.Struct, frozen=True):
    outcome: str
    tone: str
    html: str

    @property
    def words(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())


class Device:
    def __init__(self, shop: Shop, kind: str) -> None:
        self.shop, self.kind = shop, kind
        self.client = Client(headers={"Accept-Language": "en"})

    def invite(self) -> str:
        _, secret = invite_station(self.shop.merchant, self.shop.location, kind=self.kind, name="Door")
        return f"/{self.kind}/enrol/{self.shop.merchant.slug}/{secret}"

    def enrol(self) -> Device:
        assert self.client.post(self.invite()).status_code == 302
        return self

    @property
    def station(self) -> Station:
        return Station.objects.get(merchant=self.shop.merchant, kind=self.kind, enrolled__isnull=False)

    def allow(self, **rules: Any) -> None:
        Station.objects.filter(id=self.station.id).update(**rules)

    def get(self, path: str = "") -> HttpResponse:
        return self.client.get(f"/{self.kind}/{path}")  # type: ignore[return-value]

    def post(self, path: str, **fields: str) -> HttpResponse:
        return self.client.post(f"/{self.kind}/{path}", fields)  # type: ignore[return-value]

    def send(self, body: bytes, **headers: str) -> HttpResponse:
        return self.client.post(  # type: ignore[return-value]
            f"/{self.kind}/scans", body, content_type="application/json", headers=headers
        )

    def scan(self, code: str, *, key: str = "", **more: Any) -> Answer:
        answer = self.send(msgspec.json.encode({"key": key or str(uuid4()), "code": code, **more}))
        assert answer.status_code == 200, answer.content[:500]
        return msgspec.json.decode(answer.content, type=Answer)

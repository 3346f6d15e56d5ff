"""Staff's phone, over HTTP: enrolled, signed in, scanning."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import msgspec
from django.http import HttpResponse
from django.test import Client

from stampwell.ids import public_id
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.models import StaffMember
from tests.world import PIN, Shop


class Panel(msgspec.Struct, frozen=True):
    outcome: str
    tone: str
    html: str
    undo_until: int | None = None

    @property
    def words(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    def url(self, ending: str) -> str:
        """Where the form in the panel that ends like this is sent."""
        found = re.findall(rf'action="([^"]*{ending})"', self.html)
        assert found, f"no form for {ending} in {self.words}"
        return str(found[0])


class Phone:
    def __init__(self, shop: Shop, *, language: str = "en") -> None:
        self.shop = shop
        self.client = Client(headers={"Accept-Language": language})

    def invite(self, kind: str = "scanner") -> str:
        _, secret = invite_station(self.shop.merchant, self.shop.location, kind=kind, name="Counter phone")
        return f"/scanner/enrol/{self.shop.merchant.slug}/{secret}"

    def enrol(self) -> Phone:
        assert self.client.post(self.invite()).status_code == 302
        return self

    def sign_in(self, member: StaffMember, pin: str = PIN) -> HttpResponse:
        return self.post(f"/scanner/people/{public_id('stf', member.id)}", pin=pin)

    def post(self, url: str, **fields: str) -> HttpResponse:
        return self.client.post(url, fields)  # type: ignore[return-value]

    def get(self, url: str = "/scanner/") -> HttpResponse:
        return self.client.get(url)  # type: ignore[return-value]

    def offline_facts(self) -> dict[str, Any]:
        """What the scan page tells the phone, so that it can go on without a network."""
        block = re.search(r'id="offline-facts"[^>]*>([^<]*)<', self.get().content.decode())
        assert block, "nobody has signed in"
        facts: dict[str, Any] = msgspec.json.decode(block[1])
        return facts

    def send(self, url: str, body: bytes, content_type: str, **headers: str) -> HttpResponse:
        return self.client.post(url, body, content_type=content_type, headers=headers)  # type: ignore[return-value]

    def scan(self, code: str, *, key: str = "", **more: Any) -> Panel:
        return panel_of(self.send_scan({"key": key or str(uuid4()), "code": code, **more}))

    def send_scan(self, body: object, **headers: str) -> HttpResponse:
        return self.send("/scanner/scans", msgspec.json.encode(body), "application/json", **headers)

    def tap(self, url: str, *, key: str = "", **fields: str) -> Panel:
        """A form in a panel, sent by the script."""
        return panel_of(self.send_form(url, key=key or str(uuid4()), **fields))

    def send_form(self, url: str, **fields: str) -> HttpResponse:
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.send(url, body.encode(), "application/x-www-form-urlencoded")


def panel_of(response: HttpResponse) -> Panel:
    assert response.status_code == 200, response.content[:500]
    assert response.headers["Content-Type"] == "application/json"
    return msgspec.json.decode(response.content, type=Panel)

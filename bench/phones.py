"""Staff's phones: enrolled, signed in and asking over HTTP as the scanner's page does, with its headers and cookies."""

import http.client
import json
import re
import time
from base64 import urlsafe_b64encode
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.serving import Served
from bench.shop import Shop
from stampwell.ids import public_id
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.models import Location, StaffMember
from stampwell.merchants.pins import set_pin

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SCANS, BATCHES = "/scanner/scans", "/scanner/scans/batch"
_PIN = "482913"


class Phone:
    """It has opened its link, somebody has signed in with a PIN, and the server knows the key that it signs with."""

    def __init__(self, shop: Shop, product: Served, name: str) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sequence = 0
        self._enrol(shop, name)
        self._shift = self._facts()["shift"]
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.ask("/scanner/device-key", {"key": _base64url(point)})

    def close(self) -> None:
        self._link.close()

    def request(self, path: str, body: object) -> bytes:
        """What the page's script sends, as it goes over the wire."""
        told = json.dumps(body).encode()
        head = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in self._headers(JSON).items())]
        return "\r\n".join([*head, f"Content-Length: {len(told)}", "", ""]).encode() + told

    def ask(self, path: str, body: object) -> Any:
        status, told = self._send("POST", path, json.dumps(body), JSON)
        assert status == 200, told[:500]
        return json.loads(told)

    def keep(self, code: str) -> dict[str, Any]:
        """A scan as the page writes it down without a network, signed."""
        self._sequence += 1
        key, at = str(uuid4()), int(time.time() * 1000)
        text = "\n".join(["stampwell-scan-1", key, str(self._sequence), code, str(at), "", "", self._shift])
        halves = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(SHA256())))
        signature = _base64url(b"".join(half.to_bytes(32) for half in halves))
        said = {"key": key, "sequence": self._sequence, "code": code, "scanned_at": at, "shift": self._shift}
        return {**said, "signature": signature}

    def hand_in(self, scans: list[dict[str, Any]], *, left: list[dict[str, Any]]) -> list[dict[str, Any]]:
        since = left[0]["scanned_at"] if left else None
        body = {"sent_at": int(time.time() * 1000), "scans": scans, "left": {"count": len(left), "since": since}}
        results: list[dict[str, Any]] = self.ask(BATCHES, body)["results"]
        return results

    def _enrol(self, shop: Shop, name: str) -> None:
        place = Location.objects.filter(merchant=shop.merchant).earliest("id")
        member = StaffMember.objects.create(merchant=shop.merchant, name=name, role=StaffMember.Role.CASHIER)
        set_pin(shop.merchant, member.id, _PIN)
        _, secret = invite_station(shop.merchant, place, kind="scanner", name=name)
        link = f"/scanner/enrol/{shop.merchant.slug}/{secret}"
        self._send("GET", link)
        self._post_form(link)
        self._post_form(f"/scanner/people/{public_id('stf', member.id)}", pin=_PIN)

    def _facts(self) -> dict[str, Any]:
        _status, page = self._send("GET", "/scanner/")
        block = re.search(rb'id="offline-facts"[^>]*>([^<]*)<', page)
        assert block, "nobody has signed in"
        facts: dict[str, Any] = json.loads(block[1])
        return facts

    def _post_form(self, path: str, **fields: str) -> None:
        status, told = self._send("POST", path, urlencode(fields), FORM)
        assert status == 302, told[:500]

    def _send(self, method: str, path: str, body: str | None = None, kind: str = FORM) -> tuple[int, bytes]:
        self._link.request(method, path, body, self._headers(kind))
        answer = self._link.getresponse()
        told = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        return answer.status, told

    def _headers(self, kind: str) -> dict[str, str]:
        return {
            "Host": "127.0.0.1",
            "Content-Type": kind,
            "Accept": JSON if kind == JSON else "text/html",
            "Accept-Language": "en",
            "X-CSRFToken": self._cookies.get("csrf", ""),
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

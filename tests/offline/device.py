"""A phone that keeps scans: its clock, its count, its key, and what it sends when it has a network again."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stampwell.clock import now


@dataclass
class Device:
    """As the page in the browser does it; `behind` is how wrong its clock is."""

    behind: timedelta = timedelta()
    shift: str = ""
    sequence: int = 0
    key: ec.EllipticCurvePrivateKey | None = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def clock(self) -> datetime:
        return now() - self.behind

    @property
    def public_key(self) -> str:
        assert self.key is not None
        return encode(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def keep(self, code: str, **more: Any) -> dict[str, Any]:
        """A scan as the page writes it down; whatever is given in `more` is said in its place before it is signed."""
        self.sequence += 1
        scan = {
            "key": str(uuid4()),
            "sequence": self.sequence,
            "code": code,
            "scanned_at": milliseconds(self.clock),
            "shift": self.shift,
            **more,
        }
        return scan | {"signature": self.sign(scan)}

    def take_back(self, scan: dict[str, Any], by: str) -> dict[str, Any]:
        """The same scan, which shall not count: `by` is the text of whoever says so."""
        taken = scan | {"taken_back": by}
        return taken | {"signature": self.sign(taken)}

    def sign(self, scan: dict[str, Any]) -> str:
        if self.key is None:
            return ""
        fields = ("key", "sequence", "code", "scanned_at", "count", "amount", "shift")
        text = "stampwell-scan-1\n" + "\n".join(str(scan.get(name, "")) for name in fields)
        if "reward" in scan:
            text = f"stampwell-handed-out-1\n{text}\n{scan['reward']}"
        if "taken_back" in scan:
            text = f"stampwell-taken-back-1\n{text}\n{scan['taken_back']}"
        halves = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return encode(b"".join(half.to_bytes(32) for half in halves))

    def batch(self, *scans: dict[str, Any]) -> dict[str, Any]:
        return {"sent_at": milliseconds(self.clock), "scans": list(scans)}

    def sign_in_offline(self, facts: dict[str, Any], member: str, pin: str) -> None:
        """As the contract says: the PIN is sealed for the server, for this station, person and moment alone."""
        began = milliseconds(self.clock)
        server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(facts["pin_key"]))
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        key = HKDF(SHA256(), 32, salt=b"", info=b"stampwell-pin-1").derive(ephemeral.exchange(ec.ECDH(), server))
        bound = f"stampwell-pin-1\n{facts['station']}\n{member}\n{began}".encode()
        iv = os.urandom(12)
        point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        sealed = encode(point + iv + AESGCM(key).encrypt(iv, pin.encode(), bound))
        self.shift = f"offline:{member}:{began}:{sealed}"


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(body: object) -> bytes:
    return msgspec.json.encode(body)

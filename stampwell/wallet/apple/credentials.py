"""How we sign in to Apple's push service: with the pass certificate, or with a key of the developer account."""

import base64
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from stampwell.clock import now
from stampwell.wallet.apple.signature import PassIdentity

REFRESH = 40 * 60  # seconds; Apple wants a new one after 20 to 60 minutes
P256_BYTES = 32


class Credentials(Protocol):
    @property
    def context(self) -> ssl.SSLContext: ...

    def headers(self) -> list[tuple[str, str]]: ...


@dataclass(frozen=True)
class CertificateSignIn:
    """The pass certificate is the client's certificate too."""

    context: ssl.SSLContext

    def headers(self) -> list[tuple[str, str]]:
        return []


@dataclass
class KeySignIn:
    """A signed statement (JWT, ES256) who we are, made anew before it grows old."""

    context: ssl.SSLContext
    key: ec.EllipticCurvePrivateKey
    key_id: str
    team: str
    _made: int = 0
    _header: list[tuple[str, str]] = field(default_factory=list)

    def headers(self) -> list[tuple[str, str]]:
        moment = int(now().timestamp())
        if abs(moment - self._made) >= REFRESH:
            self._made = moment
            self._header = [("authorization", f"bearer {self._statement(moment)}")]
        return self._header

    def _statement(self, moment: int) -> str:
        head = _text(msgspec.json.encode({"alg": "ES256", "kid": self.key_id}))
        said = f"{head}.{_text(msgspec.json.encode({'iss': self.team, 'iat': moment}))}"
        r, s = decode_dss_signature(self.key.sign(said.encode(), ec.ECDSA(SHA256())))
        return f"{said}.{_text(r.to_bytes(P256_BYTES) + s.to_bytes(P256_BYTES))}"


def sign_in_with_certificate(identity: PassIdentity, ca: str | None) -> CertificateSignIn:
    context = _context(ca)
    # The library takes keys from files only. This one is sealed with a password that exists for a moment, here.
    password = os.urandom(24).hex().encode()
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    certificates = (identity.certificate, identity.intermediate)
    chain = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "client.pem"
        file.touch(mode=0o600)
        file.write_bytes(chain + key)
        context.load_cert_chain(file, password=password)
    return CertificateSignIn(context)


def sign_in_with_key(key: ec.EllipticCurvePrivateKey, key_id: str, team: str, ca: str | None) -> KeySignIn:
    return KeySignIn(_context(ca), key, key_id, team)


def _context(ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    return context


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

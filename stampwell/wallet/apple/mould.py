"""CMS signatures of one RSA key, cast in the mould of the first one that the library made.

Two signatures of a key differ in the signing time, the digest and the signature itself, each of a fixed length. Filling
in these three spares the tenth of the time in which the library would write all the rest anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# The three signed attributes (RFC 5652, section 11) before their values: contentType is data, always.
_KIND = bytes.fromhex("301806092a864886f70d010903310b06092a864886f70d010701")
_TIME = bytes.fromhex("301c06092a864886f70d010905310f170d")
_DIGEST = bytes.fromhex("302f06092a864886f70d01090431220420")
_AS_SET = b"\x31\x69"  # what is signed is a SET of these 105 bytes (section 5.4), though it is written as [0]
_LAST_YEAR = 2049  # that UTCTime can say
_SAMPLE = b"{}"


@dataclass(frozen=True, slots=True)
class Mould:
    """A whole signature but for what is filled in between and after these."""

    key: rsa.RSAPrivateKey
    before: bytes
    after: bytes

    def fill(self, manifest: bytes, at: datetime) -> bytes:
        """A signature as the library would make it at this time."""
        time = f"{at.astimezone(UTC):%y%m%d%H%M%SZ}".encode()
        attributes = b"".join((_KIND, _TIME, time, _DIGEST, sha256(manifest).digest()))
        signature = self.key.sign(_AS_SET + attributes, padding.PKCS1v15(), hashes.SHA256())
        return b"".join((self.before, attributes, self.after, signature))


def make_mould(key: object, expires: datetime, sign: Callable[[bytes], bytes]) -> Mould | None:
    """None where the mould does not give, byte for byte, what the library's own `sign` gave; then that has to sign."""
    if not isinstance(key, rsa.RSAPrivateKey) or expires.year > _LAST_YEAR:
        return None  # signatures of elliptic curves have no fixed length
    made = sign(_SAMPLE)
    start, length = made.find(_KIND), len(_KIND) + len(_TIME) + 13 + len(_DIGEST) + 32
    mould = Mould(key, made[:start], made[start + length : -key.key_size // 8])
    return mould if mould.fill(_SAMPLE, _time_of(made)) == made else None


def _time_of(made: bytes) -> datetime:
    """When it was signed; any other time where it does not say so in our shape."""
    start = made.find(_TIME) + len(_TIME)
    try:
        return datetime.strptime(made[start : start + 13].decode("ascii"), "%y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)

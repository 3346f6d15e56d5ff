"""An Android phone that shows a card: what its rotating code says at a moment, from what Google was sent alone.

RFC 6238 written out once more, so that our own arithmetic is not checked by itself.
"""

import hashlib
import hmac
import struct
from typing import Any


def code_shown(card: dict[str, Any], *, seconds: float) -> str:
    rotating = card["rotatingBarcode"]
    details = rotating["totpDetails"]
    assert details["algorithm"] == "TOTP_SHA1"
    text: str = rotating["valuePattern"].replace("{totp_timestamp_seconds}", str(int(seconds)))
    text = text.replace("{totp_timestamp_millis}", str(int(seconds * 1000)))
    for place, parameter in enumerate(details["parameters"]):
        value = totp(bytes.fromhex(parameter["key"]), int(details["periodMillis"]), parameter["valueLength"], seconds)
        text = text.replace(f"{{totp_value_{place}}}", value)
    return text


def totp(key: bytes, period: int, digits: int, seconds: float) -> str:
    counter = struct.pack(">Q", int(seconds * 1000) // period)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[19] & 0x0F)
    return str((number & 0x7FFFFFFF) % 10**digits).zfill(digits)

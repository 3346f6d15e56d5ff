"""Standard Webhooks: how a receiver can tell that what it got is ours, and is not old.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import os
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

SIZE = 32  # bytes of a secret; the standard wants 24 to 64
ROTATED = 24  # hours for which the secret of before counts too


def fresh_secret() -> bytes:
    return os.urandom(SIZE)


def secret_text(secret: bytes) -> str:
    """As every library for it takes it."""
    return f"whsec_{b64encode(secret).decode()}"


def signed_headers(secrets: Iterable[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """`at` is when it is sent: receivers refuse what is more than five minutes off. One signature for each secret."""
    seconds = int(at.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    signatures = (b64encode(hmac.digest(secret, signed, sha256)).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }

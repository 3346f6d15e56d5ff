"""Secrets that open cards and vouchers, and the sealing of what must not lie in the database in clear.

A token is derived from the row's id with the installation's TOKEN_KEY (BLAKE2b, keyed), so it can be shown
again at any time while the database keeps only its hash: a stolen dump opens no card.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from hashlib import blake2b, sha256
from hmac import compare_digest
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

# Letters that every keyboard layout types alike, so that a barcode scanner set to another country
# still types the right code (AZERTY moves A Q W Z M and the digits, QWERTZ moves Y and Z).
_SCANNER_LETTERS = str.maketrans("0123456789abcdef", "BCDEFGHJKLNPRSTU")


def derived_secret(purpose: str, row_id: UUID, issue: int = 0, *, size: int = 16) -> bytes:
    """`size` bytes that only this installation can compute. A higher `issue` voids the earlier ones.

    Cards and what hangs on them ask `brought.secrets`, for theirs may have been derived elsewhere.
    """
    return blake2b(
        row_id.bytes + issue.to_bytes(4), key=settings.TOKEN_KEY, digest_size=size, person=purpose.encode()
    ).digest()


def passing_secret(purpose: str, row_id: UUID, *, size: int) -> bytes:
    """As `derived_secret`, of what nobody misses at another installation: it does not go along with a shop."""
    return derived_secret(purpose, row_id, size=size)


def scan_code(kind: str, secret: bytes) -> str:
    """What a barcode carries: a letter for the kind (C card, V voucher) and 128 bits in safe letters."""
    return kind + secret.hex().translate(_SCANNER_LETTERS)


def new_secret() -> str:
    """A fresh secret of 160 bits for keys and enrolments; shown once, stored as its hash."""
    return secrets.token_hex(20)


def secret_hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def is_same_secret(given: str, stored_hash: bytes) -> bool:
    return compare_digest(secret_hash(given), stored_hash)


def seal(plain: bytes) -> bytes:
    """Encrypts with AES-256-GCM under the installation's key: 12 bytes of nonce, then the sealed text."""
    nonce = os.urandom(12)
    return nonce + _sealer().encrypt(nonce, plain, None)


def unseal(sealed: bytes) -> bytes:
    return _sealer().decrypt(sealed[:12], sealed[12:], None)


def to_base64url(raw: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Without padding. ValueError for anything else."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (NoBase64, UnicodeEncodeError) as error:
        raise ValueError from error


def _sealer() -> AESGCM:
    return AESGCM(blake2b(key=settings.TOKEN_KEY, digest_size=32, person=b"seal").digest())

"""The age format, version 1 (https://age-encryption.org/v1), written and read as a stream.

The program `age` opens what is written here, and the other way round; the tests hold both against another
implementation. Written out because the libraries stream to a key but not to a passphrase.
"""

import base64
import binascii
import os
from collections.abc import Sequence
from hmac import compare_digest
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from stampwell.backups.bech32 import decode_bech32
from stampwell.backups.trouble import BackupTrouble

INTRO = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
TAG = 16
NO_NONCE = bytes(12)  # each key wraps one thing only
LONGEST_LINE, MOST_LINES = 4096, 500
# Each step doubles the work of guessing, and the memory that it takes: 128 MB here.
WORK, MOST_WORK = 17, 20

Stanza = tuple[list[str], bytes]


class Target(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Damaged(BackupTrouble):
    """What was read is not what was written."""


class Recipient(Protocol):
    """Somebody who will be able to open the file."""

    def wrap(self, file_key: bytes) -> Stanza: ...


class Identity(Protocol):
    """What may open the file."""

    def unwrap(self, stanza: Stanza) -> bytes | None: ...


class Passphrase:
    """A recipient and an identity."""

    def __init__(self, words: str) -> None:
        self._words = words.encode()
        self._keys: dict[tuple[bytes, int], bytes] = {}  # an archive is opened several times

    def wrap(self, file_key: bytes) -> Stanza:
        salt = os.urandom(16)
        return ["scrypt", _text(salt), str(WORK)], _wrap(self._key(salt, WORK), file_key)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        arguments, body = stanza
        if len(arguments) != 3 or arguments[0] != "scrypt" or not arguments[2].isdecimal():
            return None
        work = int(arguments[2])
        if not 0 < work <= MOST_WORK:
            raise Damaged("Opening this file would take more memory than any of ours: it was not made by Stampwell.")
        return _unwrap(self._key(_bytes(arguments[1]), work), body)

    def _key(self, salt: bytes, work: int) -> bytes:
        if (salt, work) not in self._keys:
            kdf = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1)
            self._keys[salt, work] = kdf.derive(self._words)
        return self._keys[salt, work]


class PublicKey:
    """A recipient: age1…"""

    def __init__(self, text: str) -> None:
        self._key = X25519PublicKey.from_public_bytes(_key_bytes(text, "age"))

    def wrap(self, file_key: bytes) -> Stanza:
        once = X25519PrivateKey.generate()
        share = once.public_key().public_bytes_raw()
        key = _shared_key(once.exchange(self._key), share + self._key.public_bytes_raw())
        return ["X25519", _text(share)], _wrap(key, file_key)


class SecretKey:
    """An identity: AGE-SECRET-KEY-1…"""

    def __init__(self, text: str) -> None:
        self._key = X25519PrivateKey.from_private_bytes(_key_bytes(text, "age-secret-key-"))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        arguments, body = stanza
        if len(arguments) != 2 or arguments[0] != "X25519":
            return None
        share = _bytes(arguments[1])
        if len(share) != 32:
            return None
        try:
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:  # a point that gives away the secret
            return None
        return _unwrap(_shared_key(secret, share + self._key.public_key().public_bytes_raw()), body)


class AgeWriter:
    """Encrypts what is written to it. Only `close` makes the file whole."""

    def __init__(self, target: Target, recipients: Sequence[Recipient]) -> None:
        self._target, self._waiting, self._number = target, bytearray(), 0
        file_key, nonce = os.urandom(16), os.urandom(16)
        header = INTRO + b"".join(_written(recipient.wrap(file_key)) for recipient in recipients) + b"---"
        target.write(header + b" " + _text(_mac(file_key, header)).encode() + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk is marked, so one is always held back
            self._write_chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._write_chunk(bytes(self._waiting), last=True)

    def _write_chunk(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, None))
        self._number += 1


class AgeReader:
    """Decrypts what is read from it; every byte that it hands out was checked."""

    def __init__(self, source: BinaryIO, identities: Sequence[Identity]) -> None:
        self._source, self._plain, self._number, self._is_over = source, b"", 0, False
        stanzas, header, mac = _read_header(source)
        keys = (identity.unwrap(stanza) for identity in identities for stanza in stanzas)
        file_key = next((key for key in keys if key is not None), None)
        if file_key is None:
            raise BackupTrouble("The file does not open with this passphrase or key.")
        if not compare_digest(_mac(file_key, header), mac):
            raise Damaged("The head of the file is damaged.")
        nonce = source.read(16)
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self._next = source.read(CHUNK + TAG)

    def read(self, size: int) -> bytes:
        """As many bytes as asked for, fewer only at the end."""
        parts, missing = [], size
        while missing and (self._plain or self._read_chunk()):
            part, self._plain = self._plain[:missing], self._plain[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _read_chunk(self) -> bool:
        if self._is_over:
            return False
        sealed, self._next = self._next, self._source.read(CHUNK + TAG)
        self._is_over = not self._next
        try:
            self._plain = self._cipher.decrypt(_nonce(self._number, last=self._is_over), sealed, None)
        except InvalidTag:
            raise Damaged("The file is damaged, or a part of it is missing.") from None
        self._number += 1
        return bool(self._plain)


def is_age(beginning: bytes) -> bool:
    return beginning.startswith(INTRO)


def _read_header(source: BinaryIO) -> tuple[list[Stanza], bytes, bytes]:
    """The stanzas, all that the check is over, and the check."""
    if source.readline(LONGEST_LINE) != INTRO:
        raise Damaged("The file is not an age file.")
    stanzas: list[Stanza] = []
    header, lines, body = INTRO, 0, ""
    while (line := source.readline(LONGEST_LINE)).endswith(b"\n") and lines < MOST_LINES:
        lines += 1
        if line.startswith(b"--- "):
            return stanzas, header + b"---", _bytes(_ascii(line[4:-1]))
        header += line
        if line.startswith(b"-> "):
            arguments, body = _ascii(line[3:-1]).split(" "), ""
            stanzas.append((arguments, b""))
        elif stanzas:
            body += _ascii(line[:-1])
            if len(line) <= 64:  # a full line has 64 characters and is never the last
                stanzas[-1] = (stanzas[-1][0], _bytes(body))
    raise Damaged("The head of the file is damaged.")


def _written(stanza: Stanza) -> bytes:
    arguments, body = stanza
    assert len(body) < 48, "a longer body would have several lines"
    return f"-> {' '.join(arguments)}\n{_text(body)}\n".encode()


def _wrap(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(NO_NONCE, file_key, None)


def _unwrap(key: bytes, body: bytes) -> bytes | None:
    if len(body) != 16 + TAG:
        return None
    try:
        return ChaCha20Poly1305(key).decrypt(NO_NONCE, body, None)
    except InvalidTag:
        return None


def _shared_key(secret: bytes, salt: bytes) -> bytes:
    return _derived(secret, salt, b"age-encryption.org/v1/X25519")


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=purpose).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    check = hmac.HMAC(_derived(file_key, b"", b"header"), hashes.SHA256())
    check.update(header)
    return check.finalize()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _key_bytes(text: str, kind: str) -> bytes:
    found = decode_bech32(text)
    if found is None or found[0] != kind or len(found[1]) != 32:
        raise BackupTrouble(
            "That is no key of age. A public one begins with age1, a secret one with AGE-SECRET-KEY-1; "
            "“age-keygen” makes both."
        )
    return found[1]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        read = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Damaged("The head of the file is damaged.") from None
    if _text(read) != text:  # bits behind the last byte, which no writer sets and the check of the head does not see
        raise Damaged("The head of the file is damaged.")
    return read


def _ascii(line: bytes) -> str:
    try:
        return line.decode("ascii")
    except UnicodeDecodeError:
        raise Damaged("The head of the file is damaged.") from None

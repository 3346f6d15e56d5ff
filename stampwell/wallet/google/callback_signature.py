"""Reads a callback of Google's and checks that Google has signed it (protocol ECv2SigningOnly).

Google's root keys sign an intermediate key for some days, and that key signs the messages. What is signed is a list of
texts, each after its length in bytes. This module is pure: its caller gives the keys and the time.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

PROTOCOL = "ECv2SigningOnly"
LONGEST_NONCE = 200


class CallbackRefused(Exception):
    """The callback is not taken. `why` is for the log, and never quotes what came."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class KeyUnknown(CallbackRefused):
    """None of the given root keys has signed this. It is forged, or Google has newer keys."""


class RootKey(msgspec.Struct, frozen=True):
    """One of the keys that Google publishes for our protocol."""

    value: str
    expires: datetime | None = None


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to which object. `exp_time_millis` grows with each newer message about it."""

    class_id: str
    object_id: str
    event_type: Literal["save", "del"]
    exp_time_millis: int | str
    nonce: str

    @property
    def expires(self) -> datetime:
        return _moment(self.exp_time_millis)


class _Published(msgspec.Struct):
    keys: list[msgspec.Raw]


class _PublishedKey(msgspec.Struct, rename="camel"):
    key_value: str
    protocol_version: str = ""
    key_expiration: int | str | None = None  # milliseconds since 1970


class _IntermediateKey(msgspec.Struct, rename="camel"):
    signed_key: str
    signatures: list[str]


class _Callback(msgspec.Struct, rename="camel"):
    signature: str
    intermediate_signing_key: _IntermediateKey
    protocol_version: str
    signed_message: str


class _SignedKey(msgspec.Struct, rename="camel"):
    key_value: str
    key_expiration: int | str


def read_callback(body: bytes, roots: Iterable[RootKey], *, sender: str, issuer: str, at: datetime) -> Message:
    """The message, once every signature and every date was found good. Raises CallbackRefused."""
    callback = _decode(body, _Callback)
    if callback.protocol_version != PROTOCOL:
        raise CallbackRefused("protocol")
    key = _trusted_key(callback.intermediate_signing_key, roots, sender, at)
    signed = _as_signed(sender, issuer, PROTOCOL, callback.signed_message)
    if not _is_signed_by(key, callback.signature, signed):
        raise CallbackRefused("message signature")
    message = _decode(callback.signed_message.encode(), Message)
    if message.expires <= at:
        raise CallbackRefused("message expired")
    if not 0 < len(message.nonce) <= LONGEST_NONCE or "\0" in message.nonce + message.object_id + message.class_id:
        raise CallbackRefused("nonce or ids")
    return message


def read_root_keys(body: bytes) -> list[RootKey]:
    """The keys of our protocol among those that Google publishes. A key that cannot be read is left out."""
    return [key for raw in _decode(body, _Published).keys if (key := _read_root_key(raw))]


def _trusted_key(given: _IntermediateKey, roots: Iterable[RootKey], sender: str, at: datetime) -> str:
    signed = _as_signed(sender, PROTOCOL, given.signed_key)
    usable = [root.value for root in roots if root.expires is None or root.expires > at]
    if not any(_is_signed_by(root, signature, signed) for root in usable for signature in given.signatures[:10]):
        raise KeyUnknown("key signature")
    key = _decode(given.signed_key.encode(), _SignedKey)
    if _moment(key.key_expiration) <= at:
        raise CallbackRefused("key expired")
    return key.key_value


def _read_root_key(raw: msgspec.Raw) -> RootKey | None:
    try:
        key = _decode(bytes(raw), _PublishedKey)
        expires = None if key.key_expiration is None else _moment(key.key_expiration)
    except CallbackRefused:
        return None
    return RootKey(key.key_value, expires) if key.protocol_version == PROTOCOL else None


def _as_signed(*parts: str) -> bytes:
    """Each text after its length in bytes, four of them, the lowest first."""
    texts = [part.encode() for part in parts]
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def _is_signed_by(key: str, signature: str, signed: bytes) -> bool:
    try:
        loaded = load_der_public_key(base64.b64decode(key, validate=True))
        if not isinstance(loaded, ec.EllipticCurvePublicKey) or not isinstance(loaded.curve, ec.SECP256R1):
            return False
        loaded.verify(base64.b64decode(signature, validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, binascii.Error):
        return False
    return True


def _decode[Kind](text: bytes, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise CallbackRefused("form") from None


def _moment(milliseconds: int | str) -> datetime:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise CallbackRefused("date") from None

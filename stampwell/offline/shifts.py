"""Who stood at a device while it had no network: said by a text that we sealed, or by a PIN that was sealed for us.

At a kiosk and an autopilot nobody does: the text that we sealed for them says when we heard of them last.
"""

from datetime import UTC, datetime
from hmac import compare_digest
from typing import Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stampwell.clock import now
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.merchants.pins import PinLocked, WrongPin, check_pin_in_text, pin_mark
from stampwell.merchants.shifts import SHIFT_LASTS
from stampwell.offline.believing import CLOCKS_DIFFER, LATEST_MOMENT
from stampwell.offline.device_keys import RAW_POINT, read_point
from stampwell.tokens import from_base64url, passing_secret, seal, to_base64url, unseal

OFFLINE = "offline:"
_INFO = b"stampwell-pin-1"
_IV = 12
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256

Trouble = Literal["", "shift_unknown", "shift_over", "wrong_pin", "pin_locked"]


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """Who stood at the device, and why that is not believed, if it is not. `contact` is when we gave the text."""

    member_id: UUID | None = None
    began: datetime | None = None
    contact: datetime | None = None
    by_device_clock: bool = False
    trouble: Trouble = ""

    def lasts_at(self, at: datetime) -> bool:
        """Whether the shift had begun and had not ended, by the clock that its beginning was read from."""
        return self.began is None or self.began - CLOCKS_DIFFER <= at <= self.began + SHIFT_LASTS + CLOCKS_DIFFER


class _ShiftText(msgspec.Struct, frozen=True, array_like=True):
    merchant_id: UUID
    station_id: UUID
    member_id: UUID
    began: datetime
    given: datetime
    pin_mark: bytes


class _ContactText(msgspec.Struct, frozen=True, array_like=True):
    merchant_id: UUID
    station_id: UUID
    given: datetime


def contact_text(station: Station) -> str:
    """What a device on which nobody signs in puts to its scans in place of a shift."""
    return to_base64url(seal(msgspec.msgpack.encode(_ContactText(station.merchant_id, station.id, now()))))


def shift_text(station: Station, member: StaffMember, began: datetime) -> str:
    """What a device shows of somebody who signed in there while it had a network; nobody else can make or read it."""
    text = _ShiftText(station.merchant_id, station.id, member.id, began, now(), pin_mark(member))
    return to_base64url(seal(msgspec.msgpack.encode(text)))


def pin_key(merchant: Merchant) -> bytes:
    """The raw public point for which devices seal PINs that are typed without a network."""
    return _private_key(merchant).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Shifts:
    """Reads the shift texts of a station; each once for a batch."""

    def __init__(self, merchant: Merchant, station: Station) -> None:
        self._merchant, self._station = merchant, station
        self._read: dict[str, Stood] = {}

    def stood(self, text: str) -> Stood:
        if text not in self._read:
            self._read[text] = self._stood(text)
        return self._read[text]

    def _stood(self, text: str) -> Stood:
        if self._station.kind != Station.Kind.SCANNER:
            return self._alone(text)
        return self._offline(text) if text.startswith(OFFLINE) else self._sealed(text)

    def _alone(self, text: str) -> Stood:
        """Nobody has to have signed in there. Without a text that can be read only less is known of the time."""
        try:
            read = msgspec.msgpack.decode(unseal(from_base64url(text)), type=_ContactText)
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            return Stood()
        is_ours = (read.merchant_id, read.station_id) == (self._merchant.id, self._station.id)
        return Stood(contact=read.given if is_ours else None)

    def _sealed(self, text: str) -> Stood:
        try:
            read = msgspec.msgpack.decode(unseal(from_base64url(text)), type=_ShiftText)
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            return Stood(trouble="shift_unknown")
        if (read.merchant_id, read.station_id) != (self._merchant.id, self._station.id):
            return Stood(trouble="shift_unknown")
        member = self._member(read.member_id)
        stood = Stood(member_id=read.member_id, began=read.began, contact=read.given)
        if member is None or not compare_digest(read.pin_mark, pin_mark(member)):
            return msgspec.structs.replace(stood, trouble="shift_over")
        return stood

    def _offline(self, text: str) -> Stood:
        parts = text.split(":")
        member_id = private_id("stf", parts[1]) if len(parts) == 4 else None
        if member_id is None or not _is_moment(parts[2]):
            return Stood(trouble="shift_unknown")
        began = datetime.fromtimestamp(int(parts[2]) / 1000, UTC)
        member = self._member(member_id)
        stood = Stood(member_id=member.id if member else None, began=began, by_device_clock=True)
        pin = self._open(parts)
        if pin is None or member is None:
            return msgspec.structs.replace(stood, trouble="wrong_pin")
        if self._station.revoked:
            return stood  # all of it waits anyway, and such a device tries no PIN
        return msgspec.structs.replace(stood, trouble=self._try(member, pin, text))

    def _try(self, member: StaffMember, pin: str, text: str) -> Trouble:
        try:
            check_pin_in_text(self._merchant, self._station, member, pin, text=text)
        except WrongPin:
            return "wrong_pin"
        except PinLocked:
            return "pin_locked"
        return ""

    def _open(self, parts: list[str]) -> str | None:
        """The PIN, sealed for this station, this person and this beginning, so that it is good for nothing else."""
        bound = "\n".join(["stampwell-pin-1", public_id("stn", self._station.id), parts[1], parts[2]])
        try:
            sealed = from_base64url(parts[3])
            ephemeral = read_point(sealed[:RAW_POINT])
            if ephemeral is None:
                return None
            shared = _private_key(self._merchant).exchange(ec.ECDH(), ephemeral)
            key = HKDF(SHA256(), 32, salt=None, info=_INFO).derive(shared)
            iv, rest = sealed[RAW_POINT : RAW_POINT + _IV], sealed[RAW_POINT + _IV :]
            return AESGCM(key).decrypt(iv, rest, bound.encode()).decode()[:20]
        except (InvalidTag, ValueError):
            return None

    def _member(self, member_id: UUID) -> StaffMember | None:
        return StaffMember.objects.filter(merchant=self._merchant, id=member_id, left__isnull=True).first()


def _private_key(merchant: Merchant) -> ec.EllipticCurvePrivateKey:
    """The shop's own, computed and kept nowhere. 48 bytes, so that no number is likelier than another."""
    secret = int.from_bytes(passing_secret("offline-pin", merchant.id, size=48))
    return ec.derive_private_key(secret % (_ORDER - 1) + 1, ec.SECP256R1())


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 13 and int(text) < LATEST_MOMENT

"""The keys with which stations sign what they keep, so that nobody else can write scans in their name."""

from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.merchants.enrolling import StationEvent, describe_station
from stampwell.merchants.models import Merchant, Station
from stampwell.transactions import Statements, columns_of, merchant_reads, merchant_transaction

RAW_POINT, RAW_SIGNATURE = 65, 64  # bytes
MOST_KEYS = 20  # of one station, the present one among them: the longest replaced is forgotten for a new one


class DeviceKeyRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    station_id: UUID
    public_key: bytes
    staff_member_id: UUID | None
    began: datetime
    replaced: datetime | None


class KeyReplaced(StationEvent, frozen=True):
    """A device came with a new key: what its memory had kept with the one before may be gone."""


_LOCK_STATION = "SELECT id FROM station WHERE merchant_id = %s AND id = %s FOR NO KEY UPDATE"
_KEYS = (
    f"SELECT {columns_of(DeviceKeyRow)} FROM device_key WHERE merchant_id = %s AND station_id = %s"
    " ORDER BY began DESC, id DESC"
)
_REPLACE = "UPDATE device_key SET replaced = %s WHERE merchant_id = %s AND station_id = %s AND replaced IS NULL"
_AGAIN = "UPDATE device_key SET replaced = NULL WHERE merchant_id = %s AND id = %s"
_FORGET = "DELETE FROM device_key WHERE merchant_id = %s AND id = %s"


def read_point(raw: bytes) -> ec.EllipticCurvePublicKey | None:
    """A raw uncompressed point of P-256, as WebCrypto exports it; None for anything else."""
    if len(raw) != RAW_POINT:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return None


def register_key(merchant: Merchant, station: Station, public_key: bytes, *, actor: Actor) -> bool:
    """Whether the device's key was known as the present one. A new one takes the place of the one before, and the
    owner is told. What the longest replaced of twenty has signed waits from then on. `public_key` is a point that
    `read_point` reads. At a kiosk or an autopilot nobody has signed in.
    """
    at = now()
    with merchant_transaction(merchant.id) as tx:
        tx.values(UUID, _LOCK_STATION, (merchant.id, station.id))
        kept = keys_of(tx, station.id)
        same = next((key for key in kept if key.public_key == public_key), None)
        if same and same.replaced is None:
            return True
        tx.write(_REPLACE, (at, merchant.id, station.id))
        if same:
            tx.write(_AGAIN, (merchant.id, same.id))
        else:
            if len(kept) >= MOST_KEYS:
                longest = min(kept, key=lambda key: key.replaced or at)
                tx.write(_FORGET, (merchant.id, longest.id))
            key = DeviceKeyRow(
                id=new_id(),
                station_id=station.id,
                public_key=public_key,
                staff_member_id=actor.staff_member_id,
                began=at,
                replaced=None,
            )
            tx.insert("device_key", key)
        if kept:
            data = msgspec.convert(msgspec.to_builtins(describe_station(station)), KeyReplaced)
            record(tx, "station.key_replaced", data, at=at, actor=actor)
        return False


def keys_of(tx: Statements, station_id: UUID) -> list[DeviceKeyRow]:
    """The newest first."""
    return tx.rows(DeviceKeyRow, _KEYS, (tx.merchant_id, station_id))


class Signers:
    """The keys of a station, read once for a batch."""

    def __init__(self, merchant: Merchant, station_id: UUID) -> None:
        with merchant_reads(merchant.id) as tx:
            rows = keys_of(tx, station_id)
        self._keys = [(row, key) for row in rows if (key := read_point(row.public_key))]

    @property
    def is_any(self) -> bool:
        return bool(self._keys)

    def find(self, signature: bytes, message: bytes) -> DeviceKeyRow | None:
        """Whose signature it is: of WebCrypto's form, r and s one after the other."""
        if len(signature) != RAW_SIGNATURE:
            return None
        halves = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        der = encode_dss_signature(*halves)
        return next((row for row, key in self._keys if _is_of(key, der, message)), None)


def _is_of(key: ec.EllipticCurvePublicKey, der: bytes, message: bytes) -> bool:
    try:
        key.verify(der, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True

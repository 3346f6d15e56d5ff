"""The row of a kept scan, as the steps read and write it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Source
from stampwell.transactions import Statements, columns_of

State = Literal["counted", "waiting", "refused"]


class KeptScanRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    source: Source
    sender_id: UUID
    key: str
    fingerprint: bytes
    sequence: int | None = None
    device_key_id: UUID | None = None
    location_id: UUID | None = None
    staff_member_id: UUID | None = None
    card_id: UUID | None = None
    count: int | None = None
    amount: int | None = None
    scanned_at: datetime
    received_at: datetime
    happened_at: datetime
    clock_believed: bool
    state: State
    reason: str = ""
    stamp_id: UUID | None = None
    given: int | None = None
    voucher_id: UUID | None = None
    reward_id: UUID | None = None
    redemption_id: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None


COLUMNS = columns_of(KeptScanRow)
_BY_KEYS = f"SELECT {COLUMNS} FROM kept_scan WHERE merchant_id = %s AND sender_id = %s AND key = ANY(%s)"


def scans_by_key(tx: Statements, sender_id: UUID, keys: list[str]) -> dict[str, KeptScanRow]:
    return {row.key: row for row in tx.rows(KeptScanRow, _BY_KEYS, (tx.merchant_id, sender_id, keys))}

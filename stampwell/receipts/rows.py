"""The rows of batches and of claims."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.events.actors import Actor
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of

BatchKind = Literal["batch", "receipt", "staff"]


class ReceiptBatchRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    program_id: UUID
    number: int
    kind: BatchKind
    name: str
    size: int
    count: int | None
    amount: int | None
    currency: str | None
    daily_limit: int
    expires: datetime
    revoked: datetime | None
    receipt_id: str | None
    given_by: UUID | None
    location_id: UUID | None
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None
    secret: bytes
    created: datetime

    @property
    def purchase(self) -> Purchase:
        """What a code is worth, as the step that stamps takes it."""
        return Purchase(
            count=self.count, amount=self.amount, currency=self.currency, receipt_id=self.receipt_id, promised=True
        )

    @property
    def claimer(self) -> Actor:
        """The customer's phone, for a purchase that was made where the code was given."""
        return Actor(
            source="card",
            location_id=self.location_id,
            station_id=self.station_id,
            staff_member_id=self.staff_member_id,
            api_key_id=self.api_key_id,
        )


class ReceiptClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    batch_id: UUID
    serial: int
    card_id: UUID
    at: datetime


COLUMNS = columns_of(ReceiptBatchRow)
_READ = f"SELECT {COLUMNS} FROM receipt_batch WHERE merchant_id = %s AND id = %s"
_BY_NUMBER = f"SELECT {COLUMNS} FROM receipt_batch WHERE merchant_id = %s AND number = %s"
_HOLD_NUMBERED = f"{_BY_NUMBER} FOR SHARE"
_LIST = f"""
    SELECT {COLUMNS} FROM receipt_batch WHERE merchant_id = %s AND kind = 'batch' AND id < %s ORDER BY id DESC LIMIT %s
"""
_LIST_AFTER = f"""
    SELECT {COLUMNS} FROM receipt_batch WHERE merchant_id = %s AND kind = 'batch' AND id > %s ORDER BY id LIMIT %s
"""
_CLAIM = f"""
    SELECT {columns_of(ReceiptClaimRow)} FROM receipt_claim WHERE merchant_id = %s AND batch_id = %s AND serial = %s
"""


def read_batch(tx: Statements, batch_id: UUID) -> ReceiptBatchRow:
    """Refuses: NotFound."""
    batch = tx.row(ReceiptBatchRow, _READ, (tx.merchant_id, batch_id))
    if batch is None:
        raise NotFound
    return batch


def read_numbered(tx: Statements, number: int) -> ReceiptBatchRow | None:
    return tx.row(ReceiptBatchRow, _BY_NUMBER, (tx.merchant_id, number))


def hold_numbered(tx: Statements, number: int) -> ReceiptBatchRow | None:
    """Many may hold it so at once; who revokes it waits for them."""
    return tx.row(ReceiptBatchRow, _HOLD_NUMBERED, (tx.merchant_id, number))


def list_batches(tx: Statements, *, before: UUID | None, most: int) -> list[ReceiptBatchRow]:
    """Those with many codes, the newest first; older than `before`, where it is given."""
    return tx.rows(ReceiptBatchRow, _LIST, (tx.merchant_id, before or UUID(int=2**128 - 1), most))


def list_batches_after(tx: Statements, after: UUID, *, most: int) -> list[ReceiptBatchRow]:
    """As `list_batches`, in the order in which they were made."""
    return tx.rows(ReceiptBatchRow, _LIST_AFTER, (tx.merchant_id, after, most))


def read_claim(tx: Statements, batch_id: UUID, serial: int) -> ReceiptClaimRow | None:
    return tx.row(ReceiptClaimRow, _CLAIM, (tx.merchant_id, batch_id, serial))

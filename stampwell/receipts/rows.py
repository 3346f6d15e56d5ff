"""The rows of batches, of series and of claims."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.clock import LAST_ID
from stampwell.events.actors import Actor
from stampwell.receipts.series_codes import CountedReceipt, Place, id_at, place_in_id
from stampwell.refusal import NotFound
from stampwell.tokens import unseal
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


class ReceiptSeriesRow(msgspec.Struct, frozen=True, kw_only=True):
    """Without `made`, which is asked for a receipt."""

    id: UUID
    program_id: UUID
    number: int
    given_by: UUID
    begins: str
    digits: int
    count: int | None
    currency: str | None
    daily_limit: int
    expires: datetime
    end_alike: bool
    location_id: UUID | None
    station_id: UUID | None
    api_key_id: UUID | None
    secret: bytes
    created: datetime

    def receipt_at(self, place: Place) -> str:
        return f"{self.begins}{place.serial:0{self.digits}}"

    def batch_at(self, place: Place) -> ReceiptBatchRow:
        """The code for one of its receipts as a batch of one: its row, if it had one."""
        return ReceiptBatchRow(
            id=id_at(place, unseal(self.secret)),
            program_id=self.program_id,
            number=self.number,
            kind="receipt",
            name="",
            size=1,
            count=self.count,
            amount=None if self.currency is None else place.amount,
            currency=self.currency,
            daily_limit=self.daily_limit,
            expires=self.expires - timedelta(minutes=place.minutes),
            revoked=None,
            receipt_id=self.receipt_at(place),
            given_by=self.given_by,
            location_id=self.location_id,
            station_id=self.station_id,
            staff_member_id=None,
            api_key_id=self.api_key_id,
            secret=self.secret,
            created=self.created,
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
_BY_RECEIPT = f"""
    SELECT {COLUMNS} FROM receipt_batch
    WHERE merchant_id = %s AND program_id = %s AND given_by = %s AND receipt_id = %s
"""
_HOLD_BY_RECEIPT = f"{_BY_RECEIPT} FOR SHARE"
_SERIES_COLUMNS = columns_of(ReceiptSeriesRow)
_SERIES = f"SELECT {_SERIES_COLUMNS} FROM receipt_series WHERE merchant_id = %s AND number = %s"
_SERIES_WITH = f"""
    SELECT {_SERIES_COLUMNS} FROM receipt_series
    WHERE merchant_id = %s AND program_id = %s AND given_by = %s AND begins = %s AND digits = %s
        AND get_bit(made, %s) = 1
    ORDER BY id
"""
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
    """Also the code of a series, of which nothing is kept yet. Refuses: NotFound."""
    batch = tx.row(ReceiptBatchRow, _READ, (tx.merchant_id, batch_id)) or _in_series(tx, batch_id)
    if batch is None:
        raise NotFound
    return batch


def _in_series(tx: Statements, batch_id: UUID) -> ReceiptBatchRow | None:
    place = place_in_id(batch_id)
    series = read_series(tx, place.series) if place else None
    batch = series.batch_at(place) if series and place else None
    return batch if batch and batch.id == batch_id else None


def read_of_receipt(tx: Statements, program_id: UUID, given_by: UUID, receipt_id: str) -> ReceiptBatchRow | None:
    """That of its code, where it has one: of codes in series only what was used or revoked has."""
    return tx.row(ReceiptBatchRow, _BY_RECEIPT, (tx.merchant_id, program_id, given_by, receipt_id))


def hold_of_receipt(tx: Statements, program_id: UUID, given_by: UUID, receipt_id: str) -> ReceiptBatchRow | None:
    """As `hold_numbered` does."""
    return tx.row(ReceiptBatchRow, _HOLD_BY_RECEIPT, (tx.merchant_id, program_id, given_by, receipt_id))


def read_series(tx: Statements, number: int) -> ReceiptSeriesRow | None:
    return tx.row(ReceiptSeriesRow, _SERIES, (tx.merchant_id, number))


def list_series_with(
    tx: Statements, program_id: UUID, given_by: UUID, receipt: CountedReceipt
) -> list[ReceiptSeriesRow]:
    """Those in which the receipt has got a code, the oldest first."""
    facts = (tx.merchant_id, program_id, given_by, receipt.begins, receipt.digits, receipt.serial)
    return tx.rows(ReceiptSeriesRow, _SERIES_WITH, facts)


def read_numbered(tx: Statements, number: int) -> ReceiptBatchRow | None:
    return tx.row(ReceiptBatchRow, _BY_NUMBER, (tx.merchant_id, number))


def hold_numbered(tx: Statements, number: int) -> ReceiptBatchRow | None:
    """Many may hold it so at once; who revokes it waits for them."""
    return tx.row(ReceiptBatchRow, _HOLD_NUMBERED, (tx.merchant_id, number))


def list_batches(tx: Statements, *, before: UUID | None, most: int) -> list[ReceiptBatchRow]:
    """Those with many codes, the newest first; older than `before`, where it is given."""
    return tx.rows(ReceiptBatchRow, _LIST, (tx.merchant_id, before or LAST_ID, most))


def list_batches_after(tx: Statements, after: UUID, *, most: int) -> list[ReceiptBatchRow]:
    """As `list_batches`, in the order in which they were made."""
    return tx.rows(ReceiptBatchRow, _LIST_AFTER, (tx.merchant_id, after, most))


def read_claim(tx: Statements, batch_id: UUID, serial: int) -> ReceiptClaimRow | None:
    return tx.row(ReceiptClaimRow, _CLAIM, (tx.merchant_id, batch_id, serial))

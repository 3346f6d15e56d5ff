"""Codes and batches as API and desk show them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.receipts.making import code_of, code_url, codes_of
from stampwell.receipts.rows import ReceiptBatchRow
from stampwell.transactions import Statements

_CLAIMED = """
    SELECT batch_id, count(*) AS claimed, max(at) AS last FROM receipt_claim
    WHERE merchant_id = %s AND batch_id = ANY(%s) GROUP BY batch_id
"""


_CLAIMED_OF = """
    SELECT serial, at FROM receipt_claim
    WHERE merchant_id = %s AND batch_id = %s AND serial >= %s AND serial < %s
"""


class _Claimed(msgspec.Struct, frozen=True):
    serial: int
    at: datetime


class NumberedCode(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    code: str
    url: str
    claimed_at: datetime | None


class BatchFigures(msgspec.Struct, frozen=True):
    """How many of its codes were claimed, and when the last one was."""

    batch_id: UUID
    claimed: int
    last: datetime | None


class ReceiptCodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is in capital letters, so that its QR code is small; it works as it is."""

    code: str
    url: str
    batch_id: str
    program_id: str
    count: int | None
    amount: int | None
    currency: str | None
    receipt_id: str | None
    expires_at: datetime


class ReceiptBatchFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`count` codes, each worth `each` stamps or the `amount`; neither means one visit."""

    id: str
    program_id: str
    name: str
    count: int
    each: int | None
    amount: int | None
    currency: str | None
    daily_limit: int
    claimed: int
    last_claimed_at: datetime | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def describe_code(slug: str, batch: ReceiptBatchRow) -> ReceiptCodeFacts:
    """The code of a batch of one."""
    code = code_of(batch)
    return ReceiptCodeFacts(
        code=code,
        url=code_url(slug, code),
        batch_id=public_id("rcb", batch.id),
        program_id=public_id("prg", batch.program_id),
        count=batch.count,
        amount=batch.amount,
        currency=batch.currency,
        receipt_id=batch.receipt_id,
        expires_at=batch.expires,
    )


def number_codes(tx: Statements, slug: str, batch: ReceiptBatchRow, *, first: int, most: int) -> list[NumberedCode]:
    """The codes of a batch from the serial `first` on, numbered from 1 as they are printed."""
    codes = list(codes_of(batch, first=first, most=most))
    claims = tx.rows(_Claimed, _CLAIMED_OF, (tx.merchant_id, batch.id, first, first + most))
    claimed = {claim.serial: claim.at for claim in claims}
    return [
        NumberedCode(number=serial + 1, code=code, url=code_url(slug, code), claimed_at=claimed.get(serial))
        for serial, code in enumerate(codes, first)
    ]


def describe_batch(tx: Statements, batch: ReceiptBatchRow) -> ReceiptBatchFacts:
    return describe_batches(tx, [batch])[0]


def describe_batches(tx: Statements, batches: Sequence[ReceiptBatchRow]) -> list[ReceiptBatchFacts]:
    figures = figures_of(tx, [batch.id for batch in batches])
    return [_describe(batch, figures.get(batch.id)) for batch in batches]


def _describe(batch: ReceiptBatchRow, figures: BatchFigures | None) -> ReceiptBatchFacts:
    return ReceiptBatchFacts(
        id=public_id("rcb", batch.id),
        program_id=public_id("prg", batch.program_id),
        name=batch.name,
        count=batch.size,
        each=batch.count,
        amount=batch.amount,
        currency=batch.currency,
        daily_limit=batch.daily_limit,
        claimed=figures.claimed if figures else 0,
        last_claimed_at=figures.last if figures else None,
        created_at=batch.created,
        expires_at=batch.expires,
        revoked_at=batch.revoked,
    )


def figures_of(tx: Statements, batch_ids: Collection[UUID]) -> dict[UUID, BatchFigures]:
    """Of those batches of which a code was claimed."""
    rows = tx.rows(BatchFigures, _CLAIMED, (tx.merchant_id, list(batch_ids)))
    return {row.batch_id: row for row in rows}

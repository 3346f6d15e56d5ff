"""A receipt earns its stamps once in a program."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.refusals import ReceiptAlreadyUsed
from stampwell.cards.rows import CardRow, StampRow
from stampwell.clock import new_id
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _ClaimRow(msgspec.Struct, frozen=True):
    id: UUID


class _StampedRow(msgspec.Struct, frozen=True):
    at: datetime


def claim_receipt(tx: Statements, merchant: Merchant, card: CardRow, stamp: StampRow) -> None:
    """Ties the receipt to a stamp already written; waits for whoever is claiming it at this moment.

    Refuses: ReceiptAlreadyUsed.
    """
    claimed = tx.row(
        _ClaimRow,
        "INSERT INTO stamped_receipt (merchant_id, id, program_id, receipt_id, stamp_id)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (merchant_id, program_id, receipt_id) DO NOTHING RETURNING id",
        (tx.merchant_id, new_id(), card.program_id, stamp.receipt_id, stamp.id),
    )
    if claimed is None:
        raise ReceiptAlreadyUsed(when=_stamped_at(tx, card, stamp))


def _stamped_at(tx: Statements, card: CardRow, stamp: StampRow) -> datetime:
    used = tx.row(
        _StampedRow,
        "SELECT s.at FROM stamped_receipt r"
        " JOIN stamp s ON (s.merchant_id, s.id) = (r.merchant_id, r.stamp_id)"
        " WHERE r.merchant_id = %s AND r.program_id = %s AND r.receipt_id = %s",
        (tx.merchant_id, card.program_id, stamp.receipt_id),
    )
    return used.at if used else stamp.at

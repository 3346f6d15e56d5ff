"""A receipt earns its stamps once in a program."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.refusals import ReceiptAlreadyUsed
from stampwell.cards.rows import CardRow, StampRow
from stampwell.clock import new_id
from stampwell.transactions import Statements


class StampedReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    program_id: UUID
    receipt_id: str
    stamp_id: UUID


def claim_receipt(tx: Statements, receipt_id: str, card: CardRow, stamp: StampRow) -> None:
    """Ties the receipt to a stamp already written; waits for whoever is claiming it at this moment.

    Refuses: ReceiptAlreadyUsed.
    """
    claim = StampedReceiptRow(id=new_id(), program_id=card.program_id, receipt_id=receipt_id, stamp_id=stamp.id)
    if not tx.insert_new("stamped_receipt", claim):
        raise ReceiptAlreadyUsed(when=_stamped_at(tx, card, stamp))


def _stamped_at(tx: Statements, card: CardRow, stamp: StampRow) -> datetime:
    used = tx.value(
        datetime,
        "SELECT s.at FROM stamped_receipt r"
        " JOIN stamp s ON (s.merchant_id, s.id) = (r.merchant_id, r.stamp_id)"
        " WHERE r.merchant_id = %s AND r.program_id = %s AND r.receipt_id = %s",
        (tx.merchant_id, card.program_id, stamp.receipt_id),
    )
    return used or stamp.at

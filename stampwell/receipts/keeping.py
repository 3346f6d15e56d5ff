"""The row of a code of a series: it gets one when it is used or revoked."""

import msgspec

from stampwell.receipts.codes import new_number
from stampwell.receipts.refusals import ReceiptCodeRevoked, ReceiptCodeUsed
from stampwell.receipts.rows import ReceiptBatchRow, read_claim, read_of_receipt
from stampwell.refusal import Refusal
from stampwell.transactions import Statements


def keep_first(tx: Statements, batch: ReceiptBatchRow) -> Refusal | None:
    """Writes the row unless the receipt has one; then the reason why this code gives nothing.

    Waits for whoever does so at this moment. Another code of the same receipt counts as this one: a receipt earns once.
    """
    assert batch.given_by is not None, "a series is somebody's"
    assert batch.receipt_id is not None, "a series is of receipts"
    # Nobody looks for it by its number: that of its series stands in the code.
    while not tx.insert_new("receipt_batch", msgspec.structs.replace(batch, number=new_number())):
        kept = read_of_receipt(tx, batch.program_id, batch.given_by, batch.receipt_id)
        if kept:
            claim = read_claim(tx, kept.id, 0)
            return ReceiptCodeUsed(when=claim.at) if claim else ReceiptCodeRevoked()
    return None

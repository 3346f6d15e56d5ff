"""Codes that are no longer to be used: their sheet was lost, or the receipt was cancelled."""

from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.receipts.keeping import keep_first
from stampwell.receipts.rows import ReceiptBatchRow, read_batch
from stampwell.receipts.series_codes import place_in_id
from stampwell.transactions import merchant_transaction

_REVOKE = """
    UPDATE receipt_batch SET revoked = %s WHERE merchant_id = %s AND id = %s AND revoked IS NULL RETURNING 1
"""


def revoke_batch(merchant: Merchant, batch_id: UUID, *, actor: Actor) -> ReceiptBatchRow:
    """From now on none of its codes is taken; what was claimed stays. Revoking it again changes nothing.

    It waits for those who are claiming one at this moment. Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        batch, at = read_batch(tx, batch_id), now()
        if place_in_id(batch_id):
            keep_first(tx, batch)
        if not tx.exists(_REVOKE, (at, tx.merchant_id, batch_id)):
            # Of a receipt that was used by another code nothing is left to be revoked.
            again = read_batch(tx, batch_id)
            return again if again.revoked else msgspec.structs.replace(again, revoked=at)
        changed(tx, "receipt_codes.revoked", by=actor, name=batch.name, subject_id=batch.id)
        return msgspec.structs.replace(batch, revoked=at)

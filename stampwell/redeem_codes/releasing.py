"""Codes that were made here are handed out once somebody says that the till has them: before that it would refuse
them.
"""

from uuid import UUID

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.refusals import CodesUnderWay
from stampwell.redeem_codes.rows import JoinedBatch, lock_batch, read_batch, read_pool
from stampwell.transactions import merchant_transaction

_RELEASE = "UPDATE code_batch SET in_till = %s WHERE merchant_id = %s AND id = %s"


def release_batch(merchant: Merchant, pool_id: UUID, batch_id: UUID, *, actor: Actor) -> JoinedBatch:
    """Vouchers get the codes of this batch from now on. A second time it changes nothing, nor for codes that came from
    the till or were withdrawn.

    Refuses: NotFound; CodesUnderWay until all of them are made.
    """
    with merchant_transaction(merchant.id) as tx:
        batch = lock_batch(tx, pool_id, batch_id)
        if batch.waits_for_till and batch.revoked is None:
            if batch.written is None:
                raise CodesUnderWay
            tx.write(_RELEASE, (now(), tx.merchant_id, batch_id))
            name = read_pool(tx, pool_id).name
            changed(tx, "codes.released", by=actor, name=name, subject_id=pool_id, after={"codes": batch.codes})
        return read_batch(tx, pool_id, batch_id)

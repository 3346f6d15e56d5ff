"""Codes that were made here are handed out once somebody says that the till has them: before that it would refuse
them.
"""

from uuid import UUID

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.jobs.rows import lock_job
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.refusals import CodesUnderWay
from stampwell.redeem_codes.rows import JoinedBatch, lock_batch, read_batch, read_pool
from stampwell.transactions import merchant_transaction

# A job that made a part of them and failed cannot go on then: it would add codes that the till does not have.
_RELEASE = """
    UPDATE code_batch SET in_till = %(at)s, written = coalesce(written, %(at)s),
        job_id = CASE WHEN written IS NOT NULL THEN job_id END
    WHERE merchant_id = %(merchant)s AND id = %(batch)s
"""


def release_batch(merchant: Merchant, pool_id: UUID, batch_id: UUID, *, actor: Actor) -> JoinedBatch:
    """Vouchers get the codes of this batch from now on. A second time it changes nothing, nor for codes that came from
    the till or were withdrawn.

    Refuses: NotFound; CodesUnderWay until all of them are made, or, where making them has failed, a part of them.
    """
    with merchant_transaction(merchant.id) as tx:
        before = read_batch(tx, pool_id, batch_id)
        # Held before the batch, as its own steps do: nobody lets it go on meanwhile.
        job = lock_job(tx, before.job_id) if before.job_id else None
        batch = lock_batch(tx, pool_id, batch_id)
        if batch.waits_for_till and batch.revoked is None:
            is_open = job is not None and job.state in ("waiting", "running")
            if batch.written is None and (batch.job_id != before.job_id or is_open or batch.codes == 0):
                raise CodesUnderWay
            tx.write(_RELEASE, {"at": now(), "merchant": tx.merchant_id, "batch": batch_id})
            name = read_pool(tx, pool_id).name
            changed(tx, "codes.released", by=actor, name=name, subject_id=pool_id, after={"codes": batch.codes})
        return read_batch(tx, pool_id, batch_id)

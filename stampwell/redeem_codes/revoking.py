"""Taking a batch out: its till does not take the codes any more, or somebody has seen the file.

It is noted at once, in the batch. A job then withdraws the codes that are free, piece by piece, and gives others to the
vouchers that have one (`vouchers.exchanging`). A file whose codes were
added in part, because its job failed, is withdrawn as well: that job cannot go on then.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.jobs.asking import ask_for
from stampwell.jobs.rows import lock_job
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.free_codes import FREE_CODES
from stampwell.redeem_codes.refusals import CodesNotWritten, CodesUnderWay
from stampwell.redeem_codes.rows import BatchRow, JoinedBatch, batch_of_job, lock_batch, read_batch, read_pool
from stampwell.redeem_codes.stocking import CODE
from stampwell.sheets.files import forget_rows
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import Statements, merchant_transaction

REVOKE = "revoke_codes"  # the kind of the job
AT_ONCE = 10_000  # rows
_REVOKE = "UPDATE code_batch SET revoked = %s, job_id = %s WHERE merchant_id = %s AND id = %s"
_WITHDRAW = """
    UPDATE pool_code SET revoked = %(at)s
    WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s) AND given IS NULL AND revoked IS NULL RETURNING 1
"""
# What vouchers have stays theirs until they get another one, so it is marked as where it is withdrawn alone.
_WITHDRAW_GIVEN = """
    WITH taken AS (
        UPDATE pool_code SET withdrawn = %(at)s
        WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s) AND voucher_id <> ALL(%(used)s)
            AND revoked IS NULL AND withdrawn IS NULL AND confirmed IS NULL RETURNING 1
    ) UPDATE code_batch SET withdrawn = withdrawn + (SELECT count(*) FROM taken)
    WHERE merchant_id = %(merchant)s AND id = %(batch)s
"""
_ASK_AGAIN = "UPDATE code_batch SET job_id = %s WHERE merchant_id = %s AND id = %s"
_FREE = f"SELECT count(*) FROM {FREE_CODES} WHERE b.merchant_id = %s AND b.id = %s"
_CLEARED = "UPDATE code_batch SET cleared = %s WHERE merchant_id = %s AND id = %s"
_COUNT = "UPDATE code_batch SET withdrawn = withdrawn + %s WHERE merchant_id = %s AND id = %s"


class Withdrawn(msgspec.Struct, frozen=True):
    codes: int = 0


def revoke_batch(merchant: Merchant, pool_id: UUID, batch_id: UUID, *, actor: Actor) -> JoinedBatch:
    """No voucher gets a code of it any more. A second time it changes nothing, but lets a job that has failed be done.

    Refuses: NotFound; CodesNotWritten where no code of it was ever added; CodesUnderWay while they are being added.
    """
    with merchant_transaction(merchant.id) as tx:
        before = read_batch(tx, pool_id, batch_id)
        # Held before the batch, as its own steps do: nobody lets it go on meanwhile, to add codes to what is withdrawn.
        job = lock_job(tx, before.job_id) if before.job_id else None
        batch = lock_batch(tx, pool_id, batch_id)
        if batch.revoked:
            joined = read_batch(tx, pool_id, batch_id)
            if joined.is_open or joined.cleared:
                return joined
            tx.write(_ASK_AGAIN, (ask_for(tx, REVOKE, asker=actor), tx.merchant_id, batch_id))
            return read_batch(tx, pool_id, batch_id)
        if batch.written is None:
            if batch.job_id != before.job_id or (batch.wanted and job and job.state in ("waiting", "running")):
                raise CodesUnderWay
            if batch.codes == 0:
                raise CodesNotWritten
        free = tx.value(int, _FREE, (tx.merchant_id, batch_id)) or 0
        tx.write(_REVOKE, (now(), ask_for(tx, REVOKE, asker=actor), tx.merchant_id, batch_id))
        name = read_pool(tx, pool_id).name
        changed(tx, "codes.withdrawn", by=actor, name=name, subject_id=pool_id, after={"codes": free})
        return read_batch(tx, pool_id, batch_id)


def withdraw_free_codes(run: Run) -> BatchRow:
    """Those of the batch of this job, which is given back. Refuses: NotFound."""
    with run.step() as tx:
        batch = batch_of_job(tx, run.job_id)
        run.note(tx, total=batch.rows)
    ids, end = LineIds(batch.id, batch.created), batch.first_row + batch.rows
    while (first := int(run.cursor or batch.first_row)) < end:
        behind = min(first + AT_ONCE, end)
        facts = {"ids": ids.rows_between(first, behind - 1, CODE)}
        with run.step() as tx:
            taken = len(tx.values(int, _WITHDRAW, facts | {"merchant": tx.merchant_id, "at": batch.revoked}))
            withdrawn = Withdrawn(run.report_so_far(Withdrawn).codes + taken)
            tx.write(_COUNT, (taken, tx.merchant_id, batch.id))
            run.note(tx, done=behind - batch.first_row, cursor=str(behind), report=withdrawn)
    return batch


def withdraw_given_codes(tx: Statements, batch: BatchRow, ids: Sequence[UUID], *, used: Sequence[UUID]) -> None:
    """Codes of the batch whose vouchers the caller has locked count as withdrawn, and as handed out no more; those of
    the vouchers `used`, and what the till has told of, were used and stay.
    """
    facts = {"merchant": tx.merchant_id, "batch": batch.id, "ids": ids, "used": used, "at": batch.revoked}
    tx.write(_WITHDRAW_GIVEN, facts)


def end_withdrawal(run: Run, batch: BatchRow) -> None:
    with run.step() as tx:
        tx.write(_CLEARED, (now(), tx.merchant_id, batch.id))
    forget_rows(run.merchant_id, batch.id)  # of a file that was added in part it is still there

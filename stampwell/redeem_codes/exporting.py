"""Codes of a list as a file for its till. Whoever has a code can use it, so each file is noted with who took it."""

import tempfile
from collections.abc import Iterator
from typing import IO
from uuid import UUID

import msgspec

from stampwell.clock import id_at
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.free_codes import EVERYWHERE, PLACE
from stampwell.redeem_codes.refusals import CodesUnderWay, NoCodesToExport
from stampwell.redeem_codes.rows import BatchRow, read_batch, read_pool
from stampwell.redeem_codes.stocking import CODE
from stampwell.redeem_codes.till_files import Form, file_for
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import Statements, columns_of, merchant_reads, merchant_transaction

AT_ONCE = 5000  # codes
# Not one that is being made: the till would have a part of it, and nobody would know which.
_BATCHES = f"""
    SELECT {columns_of(BatchRow, "b")} FROM code_batch b
    WHERE b.merchant_id = %s AND b.pool_id = %s AND b.codes > 0 AND b.revoked IS NULL
        AND (b.kind = 'file' OR b.written IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM job j WHERE (j.merchant_id, j.id) = (b.merchant_id, b.job_id) AND j.ended IS NULL
        ))
    ORDER BY b.id
"""
_FREE = f"""
    SELECT c.id, c.code FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.pool_id = %(pool)s
        AND {PLACE} = %(place)s AND c.batch_id = %(batch)s AND c.id > %(after)s
        AND c.given IS NULL AND c.revoked IS NULL ORDER BY c.id LIMIT %(most)s
"""
# By the ids that its rows have: no other index knows which codes of a batch were handed out.
_OF_BATCH = """
    SELECT id, code FROM pool_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND id > %(after)s
        AND id <= %(last)s AND batch_id = %(batch)s AND revoked IS NULL ORDER BY id LIMIT %(most)s
"""


class _Code(msgspec.Struct, frozen=True):
    id: UUID
    code: str


def export_codes(
    merchant: Merchant, pool_id: UUID, form: Form, *, batch_id: UUID | None = None, actor: Actor
) -> IO[bytes]:
    """Those that are free, or all of a batch that were not withdrawn, in the order in which they are handed out. What
    the till does not have yet is there whole, also what somebody got before codes waited for the till.

    The file is open at its beginning, and gone once it is closed: never more than a part of it is in memory, and no
    transaction is open while it is read. Refuses: NotFound, NoCodesToExport;
    CodesUnderWay for a batch that is being added.
    """
    with merchant_reads(merchant.id) as tx:
        pool = read_pool(tx, pool_id)
        if batch_id:
            batches = [_one_whole(tx, pool_id, batch_id)]
        else:
            batches = tx.rows(BatchRow, _BATCHES, (tx.merchant_id, pool_id))
    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for batch in batches:
            for code in _codes(merchant.id, batch, is_whole=batch_id is not None or batch.waits_for_till):
                count += 1
                yield code

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever answers with it closes it
    try:
        file.writelines(file_for(form, counted()))
        if count == 0:
            raise NoCodesToExport
        file.seek(0)
        with merchant_transaction(merchant.id) as tx:
            after = {"codes": count, "till": form.till}
            changed(tx, "codes.exported", by=actor, name=pool.name, subject_id=pool_id, after=after)
    except BaseException:
        file.close()
        raise
    return file


def _one_whole(tx: Statements, pool_id: UUID, batch_id: UUID) -> BatchRow:
    batch = read_batch(tx, pool_id, batch_id)
    if batch.written is None and batch.is_open:
        raise CodesUnderWay
    return batch


def _codes(merchant_id: UUID, batch: BatchRow, *, is_whole: bool) -> Iterator[str]:
    """Each piece in a transaction of its own: one that lasts as long as all of them keeps old rows alive."""
    after, last = id_at(batch.created), LineIds(batch.id, batch.created).of(batch.first_row + batch.rows, CODE)
    facts = {"merchant": merchant_id, "pool": batch.pool_id, "batch": batch.id, "last": last, "most": AT_ONCE}
    facts |= {"place": batch.location_id or EVERYWHERE}
    while True:
        piece = facts | {"after": after}
        with merchant_reads(merchant_id) as tx:
            found = tx.rows(_Code, _OF_BATCH, piece) if is_whole else tx.rows(_Code, _FREE, piece)
        yield from (one.code for one in found)
        if len(found) < AT_ONCE:
            return
        after = found[-1].id

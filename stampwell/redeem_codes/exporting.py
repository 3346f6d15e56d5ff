"""Codes of a list as a file for its till. Whoever has a code can use it, so each file is noted with who took it."""

import tempfile
from collections.abc import Iterator
from typing import IO
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.pools import FIRST
from stampwell.redeem_codes.refusals import NoCodesToExport
from stampwell.redeem_codes.rows import read_batch, read_pool
from stampwell.redeem_codes.till_files import Form, file_for
from stampwell.transactions import merchant_reads, merchant_transaction

AT_ONCE = 5000  # codes
_FREE = """
    SELECT id, code FROM pool_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND id > %(after)s
        AND given IS NULL AND revoked IS NULL ORDER BY id LIMIT %(most)s
"""
_OF_BATCH = """
    SELECT id, code FROM pool_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND id > %(after)s
        AND batch_id = %(batch)s AND revoked IS NULL ORDER BY id LIMIT %(most)s
"""


class _Code(msgspec.Struct, frozen=True):
    id: UUID
    code: str


def export_codes(
    merchant: Merchant, pool_id: UUID, form: Form, *, batch_id: UUID | None = None, actor: Actor
) -> IO[bytes]:
    """Those that are free, or all of a batch that were not withdrawn, in the order in which they are handed out.

    The file is open at its beginning, and gone once it is closed: never more than a part of it is in memory, and no
    transaction is open while it is read. Refuses: NotFound, NoCodesToExport.
    """
    with merchant_reads(merchant.id) as tx:
        pool = read_pool(tx, pool_id)
        if batch_id is not None:
            read_batch(tx, pool_id, batch_id)
    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for code in _codes(merchant.id, pool_id, batch_id):
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


def _codes(merchant_id: UUID, pool_id: UUID, batch_id: UUID | None) -> Iterator[str]:
    """Each piece in a transaction of its own: one that lasts as long as all of them keeps old rows alive."""
    after = FIRST
    while True:
        facts = {"merchant": merchant_id, "pool": pool_id, "batch": batch_id, "after": after, "most": AT_ONCE}
        with merchant_reads(merchant_id) as tx:
            found = tx.rows(_Code, _OF_BATCH, facts) if batch_id else tx.rows(_Code, _FREE, facts)
        yield from (one.code for one in found)
        if len(found) < AT_ONCE:
            return
        after = found[-1].id

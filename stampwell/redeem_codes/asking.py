"""What a person or a program does with a file of codes: says where they are, has them checked, and added."""

from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.jobs.asking import ask_for
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.headings import Column, FirstRow, find_column
from stampwell.redeem_codes.pools import refuse_if_archived
from stampwell.redeem_codes.receiving import keep_batch
from stampwell.redeem_codes.refusals import CodeColumnUnclear, CodesNotChecked, CodesUnderWay
from stampwell.redeem_codes.rows import BatchRow, JoinedBatch, lock_batch, read_batch, read_pool
from stampwell.redeem_codes.stocking import STOCK
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.files import unchanged_file
from stampwell.sheets.receiving import Preview, Received, read_preview
from stampwell.transactions import Statements, merchant_transaction

_CHOOSE = """
    UPDATE code_batch SET place = %(place)s, has_heading = %(has_heading)s, location_id = %(location)s,
        encoding = %(encoding)s, separator = %(separator)s, check_job_id = %(job)s, job_id = %(job)s,
        checked = NULL, found = '{}'::jsonb, wanted = %(wanted)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_WANT = "UPDATE code_batch SET wanted = true, job_id = %s WHERE merchant_id = %s AND id = %s"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """`location_id` is the only location whose till knows the codes; None where all do."""

    column: Column
    location_id: UUID | None = None
    encoding: str
    separator: str


def find_batch(merchant_id: UUID, pool_id: UUID, batch_id: UUID) -> JoinedBatch:
    """Refuses: NotFound."""
    with merchant_transaction(merchant_id) as tx:
        return read_batch(tx, pool_id, batch_id)


def preview_of(merchant_id: UUID, batch: BatchRow, *, encoding: str = "", separator: str = "") -> Preview:
    """Refuses: SheetGone."""
    file = unchanged_file(merchant_id, batch.id, batch.digest)
    return read_preview(file, encoding=encoding or batch.encoding, separator=separator or batch.separator)


def ask_to_check(merchant: Merchant, pool_id: UUID, batch_id: UUID, choice: Choice, *, actor: Actor) -> None:
    """Once more, too, with another choice: what was found before is forgotten.

    Refuses: NotFound, PoolArchived, CodeColumnUnclear, SheetGone; CodesUnderWay where they are being added, or were.
    """
    with merchant_transaction(merchant.id) as tx:
        batch = lock_batch(tx, pool_id, batch_id)
        if batch.wanted:
            raise CodesUnderWay
        refuse_if_archived(read_pool(tx, pool_id))
        width = len(preview_of(merchant.id, batch, encoding=choice.encoding, separator=choice.separator).headings)
        if choice.encoding not in ENCODINGS or not 0 <= choice.column.place < width:
            raise CodeColumnUnclear
        _choose(tx, merchant, batch, choice, wanted=False, actor=actor)


def ask_to_stock(merchant: Merchant, pool_id: UUID, batch_id: UUID, *, actor: Actor) -> None:
    """Adds what the check has found good. A second time it does nothing.

    Refuses: NotFound, PoolArchived, CodesNotChecked, SheetGone.
    """
    with merchant_transaction(merchant.id) as tx:
        batch = lock_batch(tx, pool_id, batch_id)
        if batch.wanted:
            return
        if batch.checked is None or not batch.has_found.can_be_written:
            raise CodesNotChecked
        pool = read_pool(tx, pool_id)
        refuse_if_archived(pool)
        unchanged_file(merchant.id, batch.id, batch.digest)
        tx.write(_WANT, (ask_for(tx, STOCK, asker=actor), tx.merchant_id, batch_id))
        changed(tx, "codes.added", by=actor, name=pool.name, subject_id=pool_id, after={"codes": batch.has_found.good})


def ask_to_bring_in(
    merchant: Merchant,
    pool_id: UUID,
    received: Received,
    *,
    column: str = "",
    first_row: FirstRow | None = None,
    location_id: UUID | None = None,
    is_dry_run: bool,
    name: str,
    actor: Actor,
) -> JoinedBatch:
    """All of it at once, for a program: the file is checked, and its codes are added right after that unless it is a
    dry run.

    Refuses: NotFound, PoolArchived, CodeColumnUnclear, TooManyCodeFiles.
    """
    with merchant_transaction(merchant.id) as tx:
        batch = keep_batch(tx, pool_id, received, name=name, actor=actor)
        choice = Choice(
            column=find_column(received.headings, named=column, first_row=first_row),
            location_id=location_id,
            encoding=received.encoding,
            separator=received.separator,
        )
        _choose(tx, merchant, batch, choice, wanted=not is_dry_run, actor=actor)
        return read_batch(tx, pool_id, batch.id)


def _choose(tx: Statements, merchant: Merchant, batch: BatchRow, choice: Choice, *, wanted: bool, actor: Actor) -> None:
    """Refuses: NotFound, for a location of somebody else."""
    if choice.location_id is not None:
        find_location(merchant.id, choice.location_id)
    facts = {
        "merchant": tx.merchant_id,
        "id": batch.id,
        "place": choice.column.place,
        "has_heading": choice.column.has_heading,
        "location": choice.location_id,
        "encoding": choice.encoding,
        "separator": choice.separator,
        "job": ask_for(tx, STOCK, asker=actor),
        "wanted": wanted,
    }
    tx.write(_CHOOSE, facts)

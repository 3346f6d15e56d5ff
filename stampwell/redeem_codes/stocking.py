"""The job that checks a file of codes, and adds those that were good where somebody wants that.

Codes are added piece by piece, each piece in one step with the cursor: after a worker was killed the next one goes on
behind the last piece. A code that somebody else has added since the check stays theirs.
"""

from collections.abc import Iterator
from itertools import batched
from pathlib import Path

import msgspec

from stampwell.clock import now
from stampwell.jobs.run import Run
from stampwell.merchants.closing import hold_merchant, refuse_if_closed
from stampwell.redeem_codes.checking import check_codes, codes_of
from stampwell.redeem_codes.rows import BatchRow, batch_of_job
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of, forget_rows, unchanged_file
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import plan_once

STOCK = "stock_codes"  # the kind of the job
AT_ONCE = 10_000  # rows
CODE = 0  # the only thing that becomes of a row
# Two files that hold the same codes wait for each other in the order of the codes, so never both at once.
ADD_CODES = """
    INSERT INTO pool_code (merchant_id, id, pool_id, batch_id, location_id, code)
    SELECT %(merchant)s, added.id, %(pool)s, %(batch)s, %(location)s, added.code
    FROM unnest(%(ids)s::uuid[], %(codes)s::text[]) AS added (id, code)
    ON CONFLICT DO NOTHING RETURNING 1
"""
_COUNT = "UPDATE code_batch SET codes = %s WHERE merchant_id = %s AND id = %s"
SET_WRITTEN = "UPDATE code_batch SET written = %s WHERE merchant_id = %s AND id = %s AND written IS NULL"


class Stocked(msgspec.Struct, frozen=True):
    """`skipped` codes were added by somebody else since the check."""

    codes: int = 0
    skipped: int = 0


def stock_codes(run: Run) -> None:
    """Refuses: NotFound, SheetGone, SheetTooLarge, ShopClosed."""
    with run.step() as tx:
        batch = batch_of_job(tx, run.job_id)
    if batch.checked is None:
        check_codes(run, batch)
        with run.step() as tx:
            batch = batch_of_job(tx, run.job_id)
    if batch.wanted and batch.has_found.can_be_written:
        if batch.written is None:
            _write(run, batch)
        forget_rows(run.merchant_id, batch.id)


def _write(run: Run, batch: BatchRow) -> None:
    """Refuses: SheetGone, ShopClosed."""
    with run.step() as tx:
        refuse_if_closed(hold_merchant(tx))
        if not run.cursor:
            run.note(tx, done=0, total=batch.has_found.good, report=Stocked())
    file, ids = unchanged_file(run.merchant_id, batch.id, batch.digest), LineIds(batch.id, batch.created)
    begun = int(run.cursor or 0)
    for piece in batched(((row, code) for row, code in _good(run, batch, file) if row > begun), AT_ONCE):
        _add(run, batch, ids, piece)
    with run.step() as tx:
        tx.write(SET_WRITTEN, (now(), tx.merchant_id, batch.id))


def _good(run: Run, batch: BatchRow, file: Path) -> Iterator[tuple[int, str]]:
    """The rows that the check let through; it read the same file. Refuses: SheetGone."""
    assert batch.check_job_id is not None, "a file is checked before it is written"
    faults = read_faults(faults_of(run.merchant_id, batch.id, batch.check_job_id))
    bad = next(faults, None)
    for row, code in codes_of(file, batch, last=batch.first_row + batch.rows - 1):
        if bad and bad[0] == row:
            bad = next(faults, None)
        else:
            yield row, code


def _add(run: Run, batch: BatchRow, ids: LineIds, piece: tuple[tuple[int, str], ...]) -> None:
    rows = sorted(piece, key=lambda one: one[1])
    facts = {
        "merchant": run.merchant_id,
        "pool": batch.pool_id,
        "batch": batch.id,
        "location": batch.location_id,
        "ids": [ids.of(row, CODE) for row, _code in rows],
        "codes": [code for _row, code in rows],
    }
    with run.step() as tx:
        plan_once(tx)
        added, before = len(tx.values(int, ADD_CODES, facts)), run.report_so_far(Stocked)
        stocked = Stocked(before.codes + added, before.skipped + len(piece) - added)
        tx.write(_COUNT, (stocked.codes, tx.merchant_id, batch.id))
        run.note(tx, done=run.done + len(piece), cursor=str(piece[-1][0]), report=stocked)

"""Looking at every row of a file of codes; nothing is written into the stock.

What it finds goes into a file beside the rows, so a run that was interrupted begins anew.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import BinaryIO

import msgspec

from stampwell.clock import now
from stampwell.jobs.run import Run
from stampwell.redeem_codes.cells import Fault, Judge, Survey, code_in, survey
from stampwell.redeem_codes.rows import BatchRow, Found, read_pool
from stampwell.sheets.csv_rows import Broken, opened_rows
from stampwell.sheets.faults import write_fault
from stampwell.sheets.files import faults_of, unchanged_file
from stampwell.sheets.hashes import Hashes
from stampwell.sheets.limits import MOST_ROWS, too_large
from stampwell.transactions import Statements
from stampwell.whole_files import written_whole

AT_ONCE = 5000  # rows
TOLD = 100  # rows in what was found; the file has them all
# Each is looked up by the index, whatever the planner thinks of a stock that is being filled.
_THERE = """
    SELECT wanted.code FROM unnest(%(codes)s::text[]) AS wanted (code) CROSS JOIN LATERAL (
        SELECT 1 AS there FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.code = wanted.code LIMIT 1
    ) known
"""
_CHECKED = """
    UPDATE code_batch SET checked = %(at)s, found = %(found)s::jsonb, rows = %(rows)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND job_id = %(job)s AND checked IS NULL RETURNING 1
"""

type Cells = Iterator[tuple[int, str]]


def check_codes(run: Run, batch: BatchRow) -> Found:
    """Refuses: SheetGone, SheetTooLarge."""
    assert batch.check_job_id is not None, "it is chosen before a job is asked for"
    file = unchanged_file(run.merchant_id, batch.id, batch.digest)
    rows, broken_at, in_common = _look_over(file, batch)
    found = Found(broken_at=broken_at)
    with run.step() as tx:
        judge = Judge(read_pool(tx, batch.pool_id), in_common)
        run.note(tx, done=0, total=rows, report=found)
    seen = Hashes()
    with written_whole(faults_of(run.merchant_id, batch.id, batch.check_job_id)) as stream:
        for piece in batched(codes_of(file, batch, last=batch.first_row + rows - 1), AT_ONCE):
            found = _check(run, piece, judge, seen, found, stream)
    _keep(run, batch, rows, found)
    return found


def codes_of(file: Path, batch: BatchRow, *, last: int) -> Cells:
    """What stands in the column of each row that can be read, up to the row `last`."""
    assert batch.place is not None
    if last < batch.first_row:
        return
    with opened_rows(file, encoding=batch.encoding, separator=batch.separator) as rows:
        for row, cells in rows:
            if row >= batch.first_row:
                yield row, code_in(cells, batch.place)
            if row == last:  # the one behind it may be where the file breaks
                return


def _look_over(file: Path, batch: BatchRow) -> tuple[int, int, Survey]:
    """How many rows can be read, from which one on none can (0 where all can), and what the codes have in common.

    Refuses: SheetTooLarge.
    """
    read = 0

    def counted() -> Iterator[str]:
        nonlocal read
        for _row, code in codes_of(file, batch, last=MOST_ROWS + 2):
            read += 1
            if read > MOST_ROWS:
                raise too_large("rows")
            yield code

    codes: list[Broken] = []
    in_common = survey(_until_broken(counted(), codes))
    return read, codes[0].row if codes else 0, in_common


def _until_broken(codes: Iterator[str], broken: list[Broken]) -> Iterator[str]:
    try:
        yield from codes
    except Broken as found:
        broken.append(found)


def _check(
    run: Run, piece: tuple[tuple[int, str], ...], judge: Judge, seen: Hashes, found: Found, stream: BinaryIO
) -> Found:
    judged: list[tuple[int, str, Fault | None]] = [(row, code, judge.fault_of(code)) for row, code in piece]
    with run.step() as tx:
        there = _there(tx, [code for _row, code, fault in judged if fault is None])
        faults: list[tuple[int, str]] = []
        good: list[int] = []
        for row, code, fault in judged:
            if wrong := fault or _known(code, there, seen):
                faults.append((row, wrong))
            else:
                good.append(len(code))
        found = _add(found, good, faults)
        run.note(tx, done=run.done + len(piece), report=found)
    for row, told in faults:
        write_fault(stream, row, told)
    return found


def _known(code: str, there: set[str], seen: Hashes) -> Fault | None:
    number = hash(code)
    if number in seen:
        return "twice"
    seen.add(number)
    return "there" if code in there else None


def _there(tx: Statements, codes: list[str]) -> set[str]:
    return set(tx.values(str, _THERE, {"merchant": tx.merchant_id, "codes": codes}))


def _add(found: Found, good: list[int], faults: list[tuple[int, str]]) -> Found:
    return msgspec.structs.replace(
        found,
        good=found.good + len(good),
        faults=dict(Counter(found.faults) + Counter(fault for _row, fault in faults)) if faults else found.faults,
        first=[*found.first, *faults][:TOLD],
        shortest=min([*good, found.shortest or max(good, default=0)], default=0),
        longest=max([*good, found.longest], default=0),
    )


def _keep(run: Run, batch: BatchRow, rows: int, found: Found) -> None:
    with run.step() as tx:
        facts = {
            "merchant": tx.merchant_id,
            "id": batch.id,
            "job": run.job_id,
            "at": now(),
            "found": msgspec.json.encode(found).decode(),
            "rows": rows,
        }
        tx.write(_CHECKED, facts)

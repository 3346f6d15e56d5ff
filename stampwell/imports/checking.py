"""The job that reads every row and judges it, and writes nothing into the shop.

What it finds goes into a file beside the rows, so a job that was interrupted begins anew.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from stampwell.clock import now
from stampwell.imports.known_people import FIRST, known_by_number_or_email, next_phones, phone_digits
from stampwell.imports.lines import Fault, Line, LineReader, Wrong
from stampwell.imports.rows import Checked, ImportRow, import_of_job
from stampwell.jobs.run import Run
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms, terms_of
from stampwell.sheets.csv_rows import Broken, opened_rows
from stampwell.sheets.faults import write_fault
from stampwell.sheets.files import faults_of, unchanged_file
from stampwell.sheets.hashes import Hashes
from stampwell.sheets.limits import MOST_ROWS, too_large
from stampwell.whole_files import written_whole

CHECK = "check_import"  # the kind of the job
AT_ONCE = 2000  # rows
TOLD = 100  # rows in the report; the file has them all

type Judged = tuple[int, Line | Fault | None]


def check_import(run: Run) -> None:
    """Refuses: SheetGone, SheetTooLarge."""
    merchant = Merchant.objects.get(id=run.merchant_id)
    with run.step() as tx:
        wanted = import_of_job(tx, run.job_id)
    file = unchanged_file(merchant.id, wanted.id, wanted.digest)
    total, broken_at = _count(file, wanted)
    with run.step() as tx:
        run.note(tx, done=0, total=total, report=Checked(broken_at=broken_at))
    seen = SeenPeople(_phones_of(run, wanted))
    with written_whole(faults_of(merchant.id, wanted.id, run.job_id)) as stream:
        reader = reader_for(merchant, wanted)
        for piece in batched(judged_rows(file, wanted, reader, last=total + 1), AT_ONCE):
            _check(run, wanted, list(piece), seen, stream)
    with run.step() as tx:
        sql = "UPDATE card_import SET rows = %s WHERE merchant_id = %s AND id = %s"
        tx.write(sql, (total, tx.merchant_id, wanted.id))


def reader_for(merchant: Merchant, wanted: ImportRow) -> LineReader:
    return LineReader(wanted.fields, goal=terms_checked(wanted, merchant).goal, today=local_day(merchant, now()))


def terms_checked(wanted: ImportRow, merchant: Merchant) -> Terms:
    assert wanted.version_id is not None, "it was chosen before a job was asked for"
    return terms_of(merchant.id, wanted.version_id)


def judged_rows(file: Path, wanted: ImportRow, reader: LineReader, *, last: int) -> Iterator[Judged]:
    """What each row says, or what is wrong with it; None for an empty one. `last` is the last that can be read."""
    with opened_rows(file, encoding=wanted.encoding, separator=wanted.separator) as rows:
        for row, cells in rows:
            if row > 1:
                yield row, _judge(reader, row, cells)
            if row == last:
                return


def _judge(reader: LineReader, row: int, cells: list[str]) -> Line | Fault | None:
    try:
        return reader.read(row, cells)
    except Wrong as wrong:
        return wrong.fault


def _count(file: Path, wanted: ImportRow) -> tuple[int, int]:
    """How many rows can be read, and from which one on none can; 0 where all can."""
    row = 1
    try:
        with opened_rows(file, encoding=wanted.encoding, separator=wanted.separator) as rows:
            for row, _cells in rows:
                if row > MOST_ROWS + 1:
                    raise too_large("rows")
    except Broken as broken:
        return broken.row - 2, broken.row
    return row - 1, 0


class SeenPeople:
    """Who was in a row above, or is in the shop by their telephone."""

    def __init__(self, phones: Hashes) -> None:
        self._in_shop, self._in_file = phones, Hashes()

    def find(self, line: Line) -> Fault | None:
        """What is wrong with it; from now on it was seen. A telephone is asked for only where there is no email:
        families share one.
        """
        phone = phone_digits(line.phone)
        if phone and not line.email and hash(phone) in self._in_shop:
            return "there"
        own = [f"@{line.email}" if line.email else "", f"#{line.external_id}" if line.external_id else ""]
        if any(hash(one) in self._in_file for one in [*own, "" if line.email else phone] if one):
            return "twice"
        for one in [*own, phone]:
            if one:
                self._in_file.add(hash(one))
        return None


def _phones_of(run: Run, wanted: ImportRow) -> Hashes:
    """Only where the file has telephones."""
    found = Hashes()
    after: UUID | None = FIRST if "phone" in wanted.fields else None
    assert wanted.program_id is not None
    while after is not None:
        with run.step() as tx:
            more, after = next_phones(tx, wanted.program_id, after)
        for phone in more:
            found.add(phone)
    return found


def _check(run: Run, wanted: ImportRow, piece: list[Judged], seen: SeenPeople, stream: BinaryIO) -> None:
    assert wanted.program_id is not None
    lines = [said for _row, said in piece if isinstance(said, Line)]
    with run.step() as tx:
        there = known_by_number_or_email(tx, wanted.program_id, lines)
        faults = [(row, fault) for row, said in piece if (fault := _fault_of(row, said, there, seen))]
        wrong = {row for row, _fault in faults}
        good = [line for line in lines if line.row not in wrong]
        report = _add(run.report_so_far(Checked), good, faults)
        run.note(tx, done=run.done + len(piece), report=report)
    for row, fault in faults:
        write_fault(stream, row, fault)


def _fault_of(row: int, said: Line | Fault | None, there: set[int], seen: SeenPeople) -> Fault | None:
    if isinstance(said, Line):
        return "there" if row in there else seen.find(said)
    return said


def _add(report: Checked, good: list[Line], faults: list[tuple[int, Fault]]) -> Checked:
    return Checked(
        good=report.good + len(good),
        stamps=report.stamps + sum(line.stamps for line in good),
        faults=dict(Counter(report.faults) + Counter(fault for _row, fault in faults)),
        first=[*report.first, *faults][:TOLD],
        broken_at=report.broken_at,
    )

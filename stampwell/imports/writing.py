"""The job that writes the rows that were good, piece by piece, each piece in one step with the cursor."""

from collections.abc import Iterator
from itertools import batched
from pathlib import Path

import msgspec

from stampwell.cards.numbers import new_short_number
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.imports.becoming import Piece
from stampwell.imports.checking import judged_rows, reader_for, terms_checked
from stampwell.imports.faults import read_faults
from stampwell.imports.files import faults_of, forget_files_of_import, unchanged_file
from stampwell.imports.known_people import known_by_number_or_email
from stampwell.imports.line_ids import LineIds
from stampwell.imports.lines import Line
from stampwell.imports.rows import Checked, ImportRow, Written, import_of_job, report_of
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.transactions import Statements

WRITE = "write_import"  # the kind of the job
AT_ONCE = 2000  # rows
_TAKEN = "SELECT short_number FROM card WHERE merchant_id = %s AND short_number = ANY(%s)"
_WRITTEN = "UPDATE card_import SET written = %s WHERE merchant_id = %s AND id = %s"


class FinishedEvent(msgspec.Struct, frozen=True):
    import_id: str
    program_id: str
    cards: int
    stamps: int


def write_import(run: Run) -> None:
    """Refuses: ImportFileGone."""
    merchant = Merchant.objects.get(id=run.merchant_id)
    with run.step() as tx:
        wanted = import_of_job(tx, run.job_id)
        checked = report_of(tx, wanted.check_job_id, Checked)
        run.note(tx, total=checked.good)
    if wanted.written is None:
        file = unchanged_file(merchant.id, wanted.id, wanted.digest)
        terms, begun = terms_checked(wanted, merchant), int(run.cursor or 1)
        good = (line for line in _good_lines(file, merchant, wanted) if line.row > begun)
        for piece in batched(good, AT_ONCE):
            _write_piece(run, merchant, wanted, terms, list(piece))
        _finish(run, wanted)
    forget_files_of_import(merchant.id, wanted.id)


def _good_lines(file: Path, merchant: Merchant, wanted: ImportRow) -> Iterator[Line]:
    """Those that the check let through; it read the same file."""
    assert wanted.check_job_id is not None, "a file is checked before it is written"
    faults = read_faults(faults_of(merchant.id, wanted.id, wanted.check_job_id))
    bad = next(faults, None)
    for row, said in judged_rows(file, wanted, reader_for(merchant, wanted), last=wanted.rows + 1):
        if bad and bad[0] == row:
            bad = next(faults, None)
        elif isinstance(said, Line):
            yield said


def _write_piece(run: Run, merchant: Merchant, wanted: ImportRow, terms: Terms, lines: list[Line]) -> None:
    with run.step() as tx:
        there = known_by_number_or_email(tx, terms.program_id, lines)
        new = [line for line in lines if line.row not in there]
        ids = LineIds(wanted.id, wanted.created)
        piece = Piece(tx, ids, wanted.id, terms, at=now(), by=by_import(wanted))
        for line, number in zip(new, _free_numbers(tx, len(new)), strict=True):
            piece.add(line, number=number, locale=merchant.locale)
        tx.copy("customer", piece.customers)
        tx.copy("card", piece.cards)
        tx.copy("stamp", piece.stamps)
        tx.copy("event", piece.events)
        written = run.report_so_far(Written)
        report = Written(
            cards=written.cards + len(new),
            stamps=written.stamps + sum(line.stamps for line in new),
            skipped=written.skipped + len(there),
        )
        run.note(tx, done=run.done + len(lines), cursor=str(lines[-1].row), report=report)


def by_import(wanted: ImportRow) -> Actor:
    return msgspec.structs.replace(wanted.actor, source="import")


def _free_numbers(tx: Statements, count: int) -> list[str]:
    """Where somebody is faster with one of them, the piece fails as a whole and is tried again."""
    free: set[str] = set()
    while len(free) < count:
        more = {new_short_number() for _number in range(count - len(free))}
        free |= more - set(tx.values(str, _TAKEN, (tx.merchant_id, list(more))))
    return list(free)


def _finish(run: Run, wanted: ImportRow) -> None:
    assert wanted.program_id is not None
    with run.step() as tx:
        at, written = now(), run.report_so_far(Written)
        tx.write(_WRITTEN, (at, tx.merchant_id, wanted.id))
        facts = FinishedEvent(
            import_id=public_id("imp", wanted.id),
            program_id=public_id("prg", wanted.program_id),
            cards=written.cards,
            stamps=written.stamps,
        )
        record(tx, "import.finished", facts, at=at, actor=by_import(wanted))

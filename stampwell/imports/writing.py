"""The job that writes the rows that were good, piece by piece, each piece in one step with the cursor."""

from collections.abc import Iterator, Set
from contextlib import closing
from datetime import datetime
from itertools import batched
from pathlib import Path

import msgspec

from stampwell.cards.numbers import new_short_number
from stampwell.clock import now
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.imports.becoming import Made, Maker, by_import
from stampwell.imports.checking import Judged, judged_rows, reader_for, terms_checked
from stampwell.imports.known_people import known_by_number_or_email
from stampwell.imports.lines import Line
from stampwell.imports.one_ahead import one_ahead
from stampwell.imports.rows import Checked, ImportRow, Written, import_of_job, report_of
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of, forget_rows, unchanged_file
from stampwell.transactions import Statements, plan_once

WRITE = "write_import"  # the kind of the job
AT_ONCE = 2000  # rows
_TAKEN = """
    SELECT wanted.number FROM unnest(%(numbers)s::text[]) AS wanted (number) CROSS JOIN LATERAL (
        SELECT FROM card c WHERE c.merchant_id = %(merchant)s AND c.short_number = wanted.number LIMIT 1
    ) taken
"""
_WRITTEN = "UPDATE card_import SET written = %s WHERE merchant_id = %s AND id = %s"


class FinishedEvent(msgspec.Struct, frozen=True):
    import_id: str
    program_id: str
    cards: int
    stamps: int
    received_at: datetime


def write_import(run: Run) -> None:
    """Refuses: SheetGone."""
    merchant = Merchant.objects.get(id=run.merchant_id)
    with run.step() as tx:
        wanted = import_of_job(tx, run.job_id)
        checked = report_of(tx, wanted.check_job_id, Checked)
        run.note(tx, total=checked.good)
    if wanted.written is None:
        file = unchanged_file(merchant.id, wanted.id, wanted.digest)
        terms, good = terms_checked(wanted, merchant), _good_lines(file, merchant, wanted)
        begun = int(run.cursor or 1)
        new = (line for line in good if line.row > begun)
        with closing(one_ahead(_pieces(new, wanted, terms, locale=merchant.locale))) as pieces:
            for piece in pieces:
                _write_piece(run, wanted, piece)
        _finish(run, wanted)
    forget_rows(merchant.id, wanted.id)


class Piece(msgspec.Struct, frozen=True):
    """`maker` is who has made it."""

    maker: Maker
    made: list[Made]


def _pieces(lines: Iterator[Line], wanted: ImportRow, terms: Terms, *, locale: str) -> Iterator[Piece]:
    for some in batched(lines, AT_ONCE):
        maker, numbers = Maker(wanted, terms, locale=locale), _new_numbers(len(some))
        yield Piece(maker, [maker.make(line, number) for line, number in zip(some, numbers, strict=True)])


def _good_lines(file: Path, merchant: Merchant, wanted: ImportRow) -> Iterator[Line]:
    """Those that the check let through; it read the same file."""
    assert wanted.check_job_id is not None, "a file is checked before it is written"
    judged = judged_rows(file, wanted, reader_for(merchant, wanted), last=wanted.rows + 1)
    return _without(read_faults(faults_of(merchant.id, wanted.id, wanted.check_job_id)), judged)


def _without(faults: Iterator[tuple[int, str]], judged: Iterator[Judged]) -> Iterator[Line]:
    """Refuses: SheetGone."""
    bad = next(faults, None)
    for row, said in judged:
        if bad and bad[0] == row:
            bad = next(faults, None)
        elif isinstance(said, Line):
            yield said


def _write_piece(run: Run, wanted: ImportRow, piece: Piece) -> None:
    lines = [made.line for made in piece.made]
    with run.step() as tx:
        assert wanted.program_id is not None
        there = known_by_number_or_email(tx, wanted.program_id, lines)
        made = _with_free_numbers(tx, piece.maker, [one for one in piece.made if one.line.row not in there])
        plan_once(tx)
        tx.copy("customer", [one.customer for one in made])
        tx.copy("card", [one.card for one in made])
        tx.copy("stamp", [one.stamp for one in made if one.stamp])
        tx.copy("event", [event for one in made for event in one.events])
        written = run.report_so_far(Written)
        report = Written(
            cards=written.cards + len(made),
            stamps=written.stamps + sum(one.line.stamps for one in made),
            skipped=written.skipped + len(there),
            addresses=written.addresses + sum(bool(one.line.email) for one in made),
        )
        run.note(tx, done=run.done + len(lines), cursor=str(lines[-1].row), report=report)


def _with_free_numbers(tx: Statements, maker: Maker, made: list[Made]) -> list[Made]:
    """Those whose number is another card's are made again, with another one: in a large shop some of each piece, so
    only they are asked for once more. Where somebody is faster with one of them, the piece fails as a whole and is
    tried again.
    """
    used = {one.card.short_number for one in made}
    taken = _taken_of(tx, list(used))
    while taken:
        others = dict(zip(taken, _new_numbers(len(taken), but=used), strict=True))
        used |= set(others.values())
        made = [maker.make(one.line, other) if (other := others.get(one.card.short_number)) else one for one in made]
        taken = _taken_of(tx, list(others.values()))
    return made


def _new_numbers(count: int, *, but: Set[str] = frozenset()) -> list[str]:
    """As many that differ; "but" those."""
    found: set[str] = set()
    while len(found) < count:
        found |= {new_short_number() for _number in range(count - len(found))} - but
    return list(found)


def _taken_of(tx: Statements, numbers: list[str]) -> set[str]:
    return set(tx.values(str, _TAKEN, {"merchant": tx.merchant_id, "numbers": numbers}))


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
            received_at=wanted.created,
        )
        record(tx, "import.finished", facts, at=at, actor=by_import(wanted))

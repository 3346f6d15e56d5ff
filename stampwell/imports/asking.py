"""What a person does with an import: says what the columns hold, has it checked, written, and taken back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.imports.checking import CHECK
from stampwell.imports.headings import FIELDS, TWICE
from stampwell.imports.limits import LARGEST_WAITING, MOST_WAITING
from stampwell.imports.receiving import keep_import
from stampwell.imports.refusals import ImportedBefore, ImportNotChecked, ImportUnclear, ImportUnderWay, TooManyImports
from stampwell.imports.rows import (
    Checked,
    ImportRow,
    JoinedImport,
    lock_import,
    newest_imports,
    next_imports,
    read_import,
)
from stampwell.imports.undoing import UNDO
from stampwell.imports.writing import WRITE
from stampwell.jobs.asking import ask_for
from stampwell.merchants.closing import hold_merchant
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_new_card
from stampwell.programs.models import Program
from stampwell.programs.publishing import find_program
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.files import unchanged_file
from stampwell.sheets.headings import LEFT_OUT, remember
from stampwell.sheets.receiving import Preview, Received, read_preview
from stampwell.transactions import Statements, merchant_transaction

KEPT = timedelta(days=1)  # of a file that nobody imports
ASK_AGAIN = 3600  # seconds until a program that finds too many of them may look again
ROW_KEPT = timedelta(days=60)  # shorter than jobs, so each import has its own
MOST_SHOWN = 30
_CHOOSE = """
    UPDATE card_import SET encoding = %(encoding)s, separator = %(separator)s, columns = %(columns)s::jsonb,
        headings = %(headings)s::jsonb, program_id = %(program)s, version_id = %(version)s, check_job_id = %(job)s,
        writes_when_checked = %(writes)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_WRITE = "UPDATE card_import SET write_job_id = %s WHERE merchant_id = %s AND id = %s"
_UNDO = "UPDATE card_import SET undo_job_id = %s WHERE merchant_id = %s AND id = %s"
_UNDER_WAY = """
    SELECT 1 FROM card_import i JOIN job j ON j.merchant_id = i.merchant_id AND j.ended IS NULL
        AND (j.id IN (i.write_job_id, i.undo_job_id) OR j.id = i.check_job_id AND i.writes_when_checked)
    WHERE i.merchant_id = %s AND i.id <> %s
"""
_FULL = """
    SELECT 1 FROM card_import WHERE merchant_id = %(merchant)s AND write_job_id IS NULL
    HAVING count(*) >= %(most)s OR sum(size) + %(size)s > %(largest)s
"""
_BEFORE = """
    SELECT 1 FROM card_import WHERE merchant_id = %s AND id <> %s AND digest = %s AND program_id = %s
        AND write_job_id IS NOT NULL AND undo_job_id IS NULL
"""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` has a field, or LEFT_OUT, for each column of the file."""

    program_id: UUID
    columns: Sequence[str]
    encoding: str
    separator: str


def find_import(merchant_id: UUID, import_id: UUID) -> JoinedImport:
    """Refuses: NotFound."""
    with merchant_transaction(merchant_id) as tx:
        return read_import(tx, import_id)


def list_imports(merchant_id: UUID) -> list[JoinedImport]:
    with merchant_transaction(merchant_id) as tx:
        return newest_imports(tx, most=MOST_SHOWN)


def list_imports_after(merchant_id: UUID, after: UUID, *, most: int) -> list[JoinedImport]:
    """In the order in which they were made."""
    with merchant_transaction(merchant_id) as tx:
        return next_imports(tx, after, most=most)


def preview_of(merchant_id: UUID, one: ImportRow, *, encoding: str = "", separator: str = "") -> Preview:
    """Refuses: SheetGone."""
    file = unchanged_file(merchant_id, one.id, one.digest)
    return read_preview(file, encoding=encoding or one.encoding, separator=separator or one.separator)


def ask_to_check(merchant: Merchant, import_id: UUID, choice: Choice, *, actor: Actor) -> None:
    """Once more, too, with another choice: what was found before is forgotten.

    Refuses: NotFound, ImportUnclear, SheetGone, ProgramClosed, JoiningPaused; ImportUnderWay where it is written.
    """
    with merchant_transaction(merchant.id) as tx:
        one = lock_import(tx, import_id)
        if one.write_job_id:
            raise ImportUnderWay
        _choose(tx, merchant, one, choice, actor=actor)


def ask_to_bring_in(
    merchant: Merchant,
    received: Received,
    *,
    program_id: UUID,
    columns: Sequence[str] = (),
    is_dry_run: bool,
    name: str,
    actor: Actor,
) -> JoinedImport:
    """All of it at once, for a program: the file is checked, and written right after that unless it is a dry run.
    Where no columns are named, they are what the headings say.

    Refuses: NotFound, ImportUnclear, ProgramClosed, JoiningPaused, TooManyImports, and where it is to be written
    ImportedBefore and ImportUnderWay.
    """
    with merchant_transaction(merchant.id) as tx:
        hold_merchant(tx)  # as in `ask_to_write`
        _refuse_if_full(tx, received.size)
        one = keep_import(tx, received, name=name, actor=actor)
        choice = Choice(
            program_id=program_id,
            columns=columns or one.fields,
            encoding=received.encoding,
            separator=received.separator,
        )
        if not is_dry_run:
            _refuse_second(tx, one, program_id)
        _choose(tx, merchant, one, choice, actor=actor, writes=not is_dry_run)
        return read_import(tx, one.id)


def _choose(
    tx: Statements, merchant: Merchant, one: ImportRow, choice: Choice, *, actor: Actor, writes: bool = False
) -> None:
    """Refuses: NotFound, ImportUnclear, SheetGone, ProgramClosed, JoiningPaused."""
    headings = _headings_of(merchant, one, choice)
    program = _open_program(merchant, choice.program_id)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "id": one.id,
        "encoding": choice.encoding,
        "separator": choice.separator,
        "columns": msgspec.json.encode(choice.columns).decode(),
        "headings": msgspec.json.encode(remember(headings, choice.columns)).decode(),
        "program": program.id,
        "version": program.current_version_id,
        "job": ask_for(tx, CHECK, asker=actor),
        "writes": writes,
    }
    tx.write(_CHOOSE, facts)


def _headings_of(merchant: Merchant, one: ImportRow, choice: Choice) -> list[str]:
    """Refuses: ImportUnclear, SheetGone."""
    chosen = [field for field in choice.columns if field != LEFT_OUT]
    said_once = [field for field in chosen if field not in TWICE]
    if not chosen or not set(chosen) <= set(FIELDS) or len(set(said_once)) < len(said_once):
        raise ImportUnclear
    if choice.encoding not in ENCODINGS:
        raise ImportUnclear
    headings = preview_of(merchant.id, one, encoding=choice.encoding, separator=choice.separator).headings
    if len(headings) != len(choice.columns):
        raise ImportUnclear
    return headings


def _open_program(merchant: Merchant, program_id: UUID) -> Program:
    """Refuses: NotFound, ProgramClosed, JoiningPaused."""
    program = find_program(merchant, program_id)
    if refusal := why_no_new_card(program, now()):
        raise refusal
    return program


def ask_to_write(merchant: Merchant, import_id: UUID, *, actor: Actor) -> None:
    """A second time it does nothing.

    Refuses: NotFound, ImportNotChecked, SheetGone, ImportedBefore, ImportUnderWay, ProgramClosed, JoiningPaused.
    """
    with merchant_transaction(merchant.id) as tx:
        hold_merchant(tx)  # of two who ask at once the second waits, and finds the first
        one = read_import(tx, import_id)
        if one.write_job_id:
            return
        if one.state != "done":
            raise ImportNotChecked
        begin_writing(tx, merchant, one, one.has_found, actor=actor)


def begin_writing(tx: Statements, merchant: Merchant, one: ImportRow, checked: Checked, *, actor: Actor) -> None:
    """Whoever calls it holds the merchant.

    Refuses: NotFound, ImportNotChecked, SheetGone, ImportedBefore, ImportUnderWay, ProgramClosed, JoiningPaused.
    """
    if not checked.can_be_written or one.program_id is None:
        raise ImportNotChecked
    if _open_program(merchant, one.program_id).current_version_id != one.version_id:
        raise ImportNotChecked
    unchanged_file(merchant.id, one.id, one.digest)
    _refuse_second(tx, one, one.program_id)
    tx.write(_WRITE, (ask_for(tx, WRITE, asker=actor), tx.merchant_id, one.id))
    changed(tx, "import.begun", by=actor, name=one.name, subject_id=one.id)


def ask_to_undo(merchant: Merchant, import_id: UUID, *, actor: Actor) -> None:
    """A second time it does nothing. Refuses: NotFound, ImportNotChecked, ImportUnderWay."""
    with merchant_transaction(merchant.id) as tx:
        hold_merchant(tx)
        one = read_import(tx, import_id)
        if one.undo_job_id:
            return
        if one.write_job_id is None:
            raise ImportNotChecked
        if one.state in ("waiting", "running"):
            raise ImportUnderWay
        _refuse_if_under_way(tx, one.id)
        tx.write(_UNDO, (ask_for(tx, UNDO, asker=actor), tx.merchant_id, one.id))
        changed(tx, "import.undone", by=actor, name=one.name, subject_id=one.id)


def _refuse_if_full(tx: Statements, size: int) -> None:
    """A program that only checks, again and again, must not fill the disk. Refuses: TooManyImports."""
    facts = {"merchant": tx.merchant_id, "size": size, "most": MOST_WAITING, "largest": LARGEST_WAITING}
    if tx.exists(_FULL, facts):
        raise TooManyImports(files=MOST_WAITING, megabytes=LARGEST_WAITING >> 20, seconds=ASK_AGAIN)


def _refuse_second(tx: Statements, one: ImportRow, program_id: UUID) -> None:
    """Refuses: ImportedBefore, ImportUnderWay."""
    if tx.exists(_BEFORE, (tx.merchant_id, one.id, one.digest, program_id)):
        raise ImportedBefore
    _refuse_if_under_way(tx, one.id)


def _refuse_if_under_way(tx: Statements, import_id: UUID) -> None:
    if tx.exists(_UNDER_WAY, (tx.merchant_id, import_id)):
        raise ImportUnderWay

"""An import as the API shows it."""

from datetime import datetime
from typing import Literal

import msgspec
from django.conf import settings

from stampwell.ids import public_id
from stampwell.imports.fault_words import say_fault
from stampwell.imports.headings import Field
from stampwell.imports.rows import JoinedImport, Step
from stampwell.merchants.models import Merchant
from stampwell.sheets.files import faults_of

FIRST = 20  # rows that are told in an answer; the file has them all
type Column = Field | Literal[""]


class WrongRowFacts(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do: the headings are row 1."""

    row: int
    code: str
    message: str


class ImportFoundFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the check has found until now. `left_out` rows cannot be imported; `wrong_rows` are the first of them.

    From `unreadable_from_row` on the file cannot be read: then nothing of it is imported.
    """

    cards: int
    stamps: int
    left_out: int
    by_code: dict[str, int]
    wrong_rows: list[WrongRowFacts]
    unreadable_from_row: int | None


class ImportWrittenFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`skipped` customers got a card of the program in another way since the check."""

    cards: int
    stamps: int
    skipped: int


class ImportUndoneFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`kept` cards were used since."""

    cards: int
    kept: int


class ImportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`done` and `total` are rows, of what `state` says. `problem` is the code of the refusal that ended it.

    `found`, `written` and `undone` are null until it has come so far. `report_url` leads to all rows that were left
    out, as CSV. It is null where the check is not done, and two days later.
    """

    id: str
    name: str
    state: Step
    problem: str | None
    program_id: str | None
    columns: list[Column]
    dry_run: bool
    done: int
    total: int | None
    found: ImportFoundFacts | None
    written: ImportWrittenFacts | None
    undone: ImportUndoneFacts | None
    created_at: datetime
    written_at: datetime | None
    undone_at: datetime | None
    job_id: str | None
    report_url: str | None


def describe_import(merchant: Merchant, one: JoinedImport) -> ImportFacts:
    """In the language that is active."""
    id = public_id("imp", one.id)
    return ImportFacts(
        id=id,
        name=one.name,
        state=one.step,
        problem=one.problem or None,
        program_id=public_id("prg", one.program_id) if one.program_id else None,
        columns=msgspec.json.decode(one.columns, type=list[Column]),
        dry_run=not one.writes_when_checked,
        done=one.done or 0,
        total=one.total,
        found=_describe_found(one) if one.check_job_id else None,
        written=_describe_written(one) if one.write_job_id else None,
        undone=_describe_undone(one) if one.undo_job_id else None,
        created_at=one.created,
        written_at=one.written,
        undone_at=one.undone,
        job_id=public_id("job", one.job_id) if one.job_id else None,
        report_url=f"{settings.BASE_URL}/api/v1/imports/{id}/report" if has_report(merchant, one) else None,
    )


def has_report(merchant: Merchant, one: JoinedImport) -> bool:
    return one.check_job_id is not None and faults_of(merchant.id, one.id, one.check_job_id).is_file()


def _describe_found(one: JoinedImport) -> ImportFoundFacts:
    found = one.has_found
    return ImportFoundFacts(
        cards=found.good,
        stamps=found.stamps,
        left_out=found.bad,
        by_code=found.faults,
        wrong_rows=[WrongRowFacts(row, fault, say_fault(fault)) for row, fault in found.first[:FIRST]],
        unreadable_from_row=found.broken_at or None,
    )


def _describe_written(one: JoinedImport) -> ImportWrittenFacts:
    written = one.has_written
    return ImportWrittenFacts(cards=written.cards, stamps=written.stamps, skipped=written.skipped)


def _describe_undone(one: JoinedImport) -> ImportUndoneFacts:
    undone = one.has_undone
    return ImportUndoneFacts(cards=undone.cards, kept=undone.kept)

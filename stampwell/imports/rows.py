"""An import as it is read, together with how far its jobs are."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor, Source
from stampwell.jobs.rows import State
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of

Stage = Literal["choosing", "checking", "writing", "undoing"]
Step = Literal["choosing", "checking", "checked", "writing", "written", "undoing", "undone", "failed"]
_DONE: dict[Stage, Step] = {"checking": "checked", "writing": "written", "undoing": "undone"}


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` is JSON."""

    id: UUID
    name: str
    digest: bytes
    size: int
    encoding: str
    separator: str
    columns: str
    headings: str
    program_id: UUID | None
    version_id: UUID | None
    check_job_id: UUID | None
    write_job_id: UUID | None
    undo_job_id: UUID | None
    mail_job_id: UUID | None
    mail_stopped: datetime | None
    writes_when_checked: bool
    rows: int
    created: datetime
    written: datetime | None
    undone: datetime | None
    source: Source
    staff_member_id: UUID | None
    api_key_id: UUID | None

    @property
    def fields(self) -> list[str]:
        return msgspec.json.decode(self.columns, type=list[str])

    @property
    def stage(self) -> Stage:
        if self.undo_job_id:
            return "undoing"
        if self.write_job_id:
            return "writing"
        return "checking" if self.check_job_id else "choosing"

    @property
    def job_id(self) -> UUID | None:
        """Of the newest job."""
        return self.undo_job_id or self.write_job_id or self.check_job_id

    @property
    def actor(self) -> Actor:
        return Actor(source=self.source, staff_member_id=self.staff_member_id, api_key_id=self.api_key_id)


class Checked(msgspec.Struct, frozen=True):
    """What a check has found. `first` are the rows that cannot be imported, the first of them: (row, fault).

    `broken_at` is the row from which on the file cannot be read; 0 where it was read to its end.
    """

    good: int = 0
    stamps: int = 0
    faults: dict[str, int] = {}
    first: list[tuple[int, str]] = []
    broken_at: int = 0

    @property
    def bad(self) -> int:
        return sum(self.faults.values())

    @property
    def can_be_written(self) -> bool:
        return bool(self.good) and not self.broken_at


class Written(msgspec.Struct, frozen=True):
    """`skipped` are rows of customers who came into the shop since the check, `addresses` cards whose customer has an
    email address.
    """

    cards: int = 0
    stamps: int = 0
    skipped: int = 0
    addresses: int = 0


class Mailed(msgspec.Struct, frozen=True):
    mails: int = 0


class Undone(msgspec.Struct, frozen=True):
    """`kept` are cards that somebody has used since; `first` the numbers of their rows, the first of them."""

    cards: int = 0
    kept: int = 0
    first: list[int] = []


class JoinedImport(ImportRow, frozen=True, kw_only=True):
    """`state` and what follows are those of the newest job; None while nothing was asked for. A report is JSON, and
    None where its job was never asked for, or is forgotten.
    """

    state: State | None
    done: int | None
    total: int | None
    problem: str | None
    check_report: str | None
    write_report: str | None
    undo_report: str | None
    mail_state: State | None
    mail_report: str | None

    @property
    def step(self) -> Step:
        if self.state == "failed":
            return "failed"
        return _DONE.get(self.stage, self.stage) if self.state == "done" else self.stage

    @property
    def has_found(self) -> Checked:
        return msgspec.json.decode(self.check_report or "{}", type=Checked)

    @property
    def has_written(self) -> Written:
        return msgspec.json.decode(self.write_report or "{}", type=Written)

    @property
    def has_undone(self) -> Undone:
        return msgspec.json.decode(self.undo_report or "{}", type=Undone)

    @property
    def has_mailed(self) -> Mailed:
        return msgspec.json.decode(self.mail_report or "{}", type=Mailed)


COLUMNS = columns_of(ImportRow)
_READ = f"""
    SELECT {columns_of(ImportRow, "i")}, j.state, j.done, j.total, j.problem,
        c.report AS check_report, w.report AS write_report, u.report AS undo_report,
        m.state AS mail_state, m.report AS mail_report
    FROM card_import i
    LEFT JOIN job j ON j.merchant_id = i.merchant_id AND j.id = coalesce(i.undo_job_id, i.write_job_id, i.check_job_id)
    LEFT JOIN job c ON (c.merchant_id, c.id) = (i.merchant_id, i.check_job_id)
    LEFT JOIN job w ON (w.merchant_id, w.id) = (i.merchant_id, i.write_job_id)
    LEFT JOIN job u ON (u.merchant_id, u.id) = (i.merchant_id, i.undo_job_id)
    LEFT JOIN job m ON (m.merchant_id, m.id) = (i.merchant_id, i.mail_job_id)
    WHERE i.merchant_id = %(merchant)s
"""
_REPORT = "SELECT report FROM job WHERE merchant_id = %s AND id = %s"


def read_import(tx: Statements, import_id: UUID) -> JoinedImport:
    """Refuses: NotFound."""
    found = tx.row(JoinedImport, _READ + " AND i.id = %(id)s", {"merchant": tx.merchant_id, "id": import_id})
    if found is None:
        raise NotFound
    return found


def lock_import(tx: Statements, import_id: UUID) -> ImportRow:
    """Refuses: NotFound."""
    sql = f"SELECT {COLUMNS} FROM card_import WHERE merchant_id = %s AND id = %s FOR UPDATE"
    found = tx.row(ImportRow, sql, (tx.merchant_id, import_id))
    if found is None:
        raise NotFound
    return found


def newest_imports(tx: Statements, *, most: int) -> list[JoinedImport]:
    order = " ORDER BY i.created DESC, i.id DESC LIMIT %(most)s"
    return tx.rows(JoinedImport, _READ + order, {"merchant": tx.merchant_id, "most": most})


def next_imports(tx: Statements, after: UUID, *, most: int) -> list[JoinedImport]:
    """In the order in which they were made."""
    order = " AND i.id > %(after)s ORDER BY i.id LIMIT %(most)s"
    return tx.rows(JoinedImport, _READ + order, {"merchant": tx.merchant_id, "after": after, "most": most})


def import_of_job(tx: Statements, job_id: UUID) -> ImportRow:
    """Refuses: NotFound, where it was taken away, or another job has taken this one's place."""
    sql = f"""
        SELECT {COLUMNS} FROM card_import
        WHERE merchant_id = %s AND coalesce(undo_job_id, write_job_id, check_job_id) = %s
    """
    found = tx.row(ImportRow, sql, (tx.merchant_id, job_id))
    if found is None:
        raise NotFound
    return found


def report_of[Report: msgspec.Struct](tx: Statements, job_id: UUID | None, kind: type[Report]) -> Report:
    """An empty one where the job has noted nothing, or is not there any more."""
    text = tx.value(str, _REPORT, (tx.merchant_id, job_id)) if job_id else None
    return msgspec.json.decode(text or "{}", type=kind)

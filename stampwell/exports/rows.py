"""An export as it is read, together with how far its job is."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.jobs.rows import State
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of

Subject = Literal[
    "cards",
    "journal",
    "vouchers",
    "days",
    "customers",
    "changes",
    "programs",
    "team",
    "locations",
    "devices",
    "draws",
    "links",
    "hands",
    "hours",
    "refusals",
    "waiting",
    "fullness",
    "costs",
    "owed",
    "consents",
    "imports",
    "scans",
    "oddities",
    "shop",
]
Format = Literal["xlsx", "csv", "json"]
Wanted = Literal[Format, "pdf"]
"""What owners can ask for: a list in one of the formats, or imported cards on paper."""
Ending = Literal[Wanted, "zip", "age"]
"""Of a file; `zip` holds the PDFs of many cards, `age` is the archive of a shop."""


class ExportRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    job_id: UUID
    subject: Subject
    format: Ending
    wanted: str
    locale: str
    rows: int
    size: int
    created: datetime
    made: datetime | None
    staff_member_id: UUID | None
    api_key_id: UUID | None


class JoinedExport(ExportRow, frozen=True, kw_only=True):
    """`state`, `done` and `total` are the job's; `total` is None where nobody has counted."""

    state: State
    done: int
    total: int | None
    problem: str


_READ = f"""
    SELECT {columns_of(ExportRow, "e")}, j.state, j.done, j.total, j.problem FROM export e
    JOIN job j ON j.merchant_id = e.merchant_id AND j.id = e.job_id
    WHERE e.merchant_id = %(merchant)s
"""


def read_export(tx: Statements, export_id: UUID) -> JoinedExport:
    """Refuses: NotFound."""
    found = tx.row(JoinedExport, _READ + " AND e.id = %(id)s", {"merchant": tx.merchant_id, "id": export_id})
    if found is None:
        raise NotFound
    return found


def newest_exports(tx: Statements, *, most: int) -> list[JoinedExport]:
    order = " ORDER BY e.created DESC, e.id DESC LIMIT %(most)s"
    return tx.rows(JoinedExport, _READ + order, {"merchant": tx.merchant_id, "most": most})


def read_export_of_job(tx: Statements, job_id: UUID) -> JoinedExport:
    """Refuses: NotFound, where somebody took it away meanwhile."""
    found = tx.row(JoinedExport, _READ + " AND e.job_id = %(job)s", {"merchant": tx.merchant_id, "job": job_id})
    if found is None:
        raise NotFound
    return found

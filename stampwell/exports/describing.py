"""An export as the API shows it, and what its file is called."""

from datetime import datetime

import msgspec
from django.conf import settings

from stampwell.exports.asking import end_of, wanted_of
from stampwell.exports.rows import Ending, ExportRow, Format, JoinedExport, Subject
from stampwell.ids import public_id
from stampwell.jobs.rows import State
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant

CONTENT_TYPES: dict[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "age": "application/octet-stream",
}


class ExportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`state` and `done` are those of its job; `total` is null where nobody has counted the rows.

    `file_url` is null until the file is there; with the same key it can be fetched until `expires_at`.
    """

    id: str
    subject: Subject
    format: Format
    filter: dict[str, str]
    state: State
    done: int
    total: int | None
    size: int | None
    created_at: datetime
    expires_at: datetime | None
    job_id: str
    file_url: str | None


def describe_export(export: JoinedExport) -> ExportFacts:
    assert export.format != "age", "an archive is for owners at the desk"
    assert export.format != "pdf", "cards on paper are for owners at the desk"
    assert export.format != "zip", "cards on paper are for owners at the desk"
    id = public_id("exp", export.id)
    return ExportFacts(
        id=id,
        subject=export.subject,
        format=export.format,
        filter=wanted_of(export),
        state=export.state,
        done=export.done,
        total=export.total,
        size=export.size if export.made else None,
        created_at=export.created,
        expires_at=end_of(export) if export.made else None,
        job_id=public_id("job", export.job_id),
        file_url=f"{settings.BASE_URL}/api/v1/exports/{id}/file" if export.made else None,
    )


def name_file(merchant: Merchant, export: ExportRow) -> str:
    """In Latin letters, as every disk can keep them."""
    return f"{merchant.slug}-{export.subject}-{local_day(merchant, export.created)}.{export.format}"

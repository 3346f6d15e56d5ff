"""A job as it is read and written."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of

State = Literal["waiting", "running", "done", "failed"]


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    state: State
    done: int
    total: int | None
    cursor: str
    report: str  # JSON, as the driver is told to leave it
    place: int | None
    problem: str
    runs: int
    failures: int
    created: datetime
    begun: datetime | None
    ended: datetime | None
    source: str
    staff_member_id: UUID | None
    station_id: UUID | None
    api_key_id: UUID | None


COLUMNS = columns_of(JobRow)


def read_job(tx: Statements, job_id: UUID) -> JobRow | None:
    return tx.row(JobRow, f"SELECT {COLUMNS} FROM job WHERE merchant_id = %s AND id = %s", (tx.merchant_id, job_id))


def lock_job(tx: Statements, job_id: UUID) -> JobRow | None:
    sql = f"SELECT {COLUMNS} FROM job WHERE merchant_id = %s AND id = %s FOR UPDATE"
    return tx.row(JobRow, sql, (tx.merchant_id, job_id))

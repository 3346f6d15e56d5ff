"""Pools, batches and codes as they are read and written."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor, Source
from stampwell.jobs.rows import State as JobState
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of

HandOutAt = Literal["reveal", "issue"]
BatchKind = Literal["file", "made"]
Step = Literal[
    "choosing", "checking", "checked", "writing", "waiting_for_till", "written", "withdrawing", "withdrawn", "failed"
]


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    format: str
    barcode_template: str
    handed_out: HandOutAt
    low_at: int
    fallback_code: str
    created: datetime
    archived: datetime | None


class Found(msgspec.Struct, frozen=True):
    """What a check has found. `first` are the rows that are no codes, the first of them: (row, fault).

    `shortest` and `longest` are the signs of the good ones. `broken_at` is the row from which on the file cannot be
    read; 0 where it was read to its end.
    """

    good: int = 0
    faults: dict[str, int] = {}
    first: list[tuple[int, str]] = []
    shortest: int = 0
    longest: int = 0
    broken_at: int = 0

    @property
    def bad(self) -> int:
        return sum(self.faults.values())

    @property
    def can_be_written(self) -> bool:
        return bool(self.good) and not self.broken_at


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """`found` is JSON. What is left out is so at the beginning."""

    id: UUID
    pool_id: UUID
    kind: BatchKind
    name: str
    location_id: UUID | None = None
    digest: bytes = b""
    size: int = 0
    encoding: str = ""
    separator: str = ""
    place: int | None = None
    has_heading: bool = False
    check_job_id: UUID | None = None
    job_id: UUID | None = None
    checked: datetime | None = None
    found: str = "{}"
    wanted: bool = False
    rows: int = 0
    codes: int = 0
    withdrawn: int = 0
    created: datetime
    written: datetime | None = None
    in_till: datetime | None = None
    revoked: datetime | None = None
    cleared: datetime | None = None
    source: Source
    staff_member_id: UUID | None
    api_key_id: UUID | None

    @property
    def has_found(self) -> Found:
        return msgspec.json.decode(self.found, type=Found)

    @property
    def actor(self) -> Actor:
        return Actor(source=self.source, staff_member_id=self.staff_member_id, api_key_id=self.api_key_id)

    @property
    def waits_for_till(self) -> bool:
        """Codes that were made here are handed out once the till has them."""
        return self.kind == "made" and self.in_till is None

    @property
    def first_row(self) -> int:
        """Of the codes, as spreadsheets count."""
        return 2 if self.has_heading else 1


class JoinedBatch(BatchRow, frozen=True, kw_only=True):
    """`state` and what follows are those of its newest job; None while nothing was asked for or when it is gone."""

    state: JobState | None
    done: int | None
    total: int | None
    problem: str | None

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def step(self) -> Step:
        if self.state == "failed":
            return "failed"
        if self.revoked:
            return "withdrawing" if self.is_open else "withdrawn" if self.cleared else "failed"
        if self.written:
            return "waiting_for_till" if self.waits_for_till else "written"
        if self.job_id is None:
            return "failed" if self.wanted else "choosing"  # what was being added stops where the shop moves
        if self.checked is None:
            return "checking"
        if self.wanted and self.has_found.can_be_written:
            return "writing" if self.state else "failed"  # a job that failed is forgotten after a time
        return "checked"


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    pool_id: UUID
    batch_id: UUID
    location_id: UUID | None
    code: str
    voucher_id: UUID | None
    given: datetime | None
    confirmed: datetime | None
    withdrawn: datetime | None
    revoked: datetime | None
    returned: int


POOL_COLUMNS = columns_of(PoolRow)
BATCH_COLUMNS = columns_of(BatchRow)
CODE_COLUMNS = columns_of(CodeRow)
_POOL = f"SELECT {POOL_COLUMNS} FROM code_pool WHERE merchant_id = %s AND id = %s"
_POOLS = f"SELECT {POOL_COLUMNS} FROM code_pool WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s"
_BATCH = f"SELECT {BATCH_COLUMNS} FROM code_batch WHERE merchant_id = %s AND id = %s"
_JOINED = f"""
    SELECT {columns_of(BatchRow, "b")}, j.state, j.done, j.total, j.problem
    FROM code_batch b LEFT JOIN job j ON (j.merchant_id, j.id) = (b.merchant_id, b.job_id)
    WHERE b.merchant_id = %(merchant)s AND b.pool_id = %(pool)s
"""
_CODES = f"""
    SELECT {CODE_COLUMNS} FROM pool_code WHERE merchant_id = %s AND pool_id = %s AND id > %s ORDER BY id LIMIT %s
"""


def read_pool(tx: Statements, pool_id: UUID) -> PoolRow:
    """Refuses: NotFound."""
    return _there(tx.row(PoolRow, _POOL, (tx.merchant_id, pool_id)))


def lock_pool(tx: Statements, pool_id: UUID) -> PoolRow:
    """Refuses: NotFound."""
    return _there(tx.row(PoolRow, _POOL + " FOR UPDATE", (tx.merchant_id, pool_id)))


def next_pools(tx: Statements, after: UUID, *, most: int) -> list[PoolRow]:
    """In the order in which they were made."""
    return tx.rows(PoolRow, _POOLS, (tx.merchant_id, after, most))


def read_batch(tx: Statements, pool_id: UUID, batch_id: UUID) -> JoinedBatch:
    """Refuses: NotFound, also for a batch of another pool."""
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "id": batch_id}
    return _there(tx.row(JoinedBatch, _JOINED + " AND b.id = %(id)s", facts))


def lock_batch(tx: Statements, pool_id: UUID, batch_id: UUID) -> BatchRow:
    """Refuses: NotFound, also for a batch of another pool."""
    batch = _there(tx.row(BatchRow, _BATCH + " FOR UPDATE", (tx.merchant_id, batch_id)))
    if batch.pool_id != pool_id:
        raise NotFound
    return batch


def newest_batches(tx: Statements, pool_id: UUID, *, most: int) -> list[JoinedBatch]:
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "most": most}
    return tx.rows(JoinedBatch, _JOINED + " ORDER BY b.id DESC LIMIT %(most)s", facts)


def next_batches(tx: Statements, pool_id: UUID, after: UUID, *, most: int) -> list[JoinedBatch]:
    """In the order in which they were made."""
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "after": after, "most": most}
    return tx.rows(JoinedBatch, _JOINED + " AND b.id > %(after)s ORDER BY b.id LIMIT %(most)s", facts)


def batch_of_job(tx: Statements, job_id: UUID) -> BatchRow:
    """Refuses: NotFound, where it was taken away, or another job has taken this one's place."""
    sql = f"SELECT {BATCH_COLUMNS} FROM code_batch WHERE merchant_id = %s AND job_id = %s"
    return _there(tx.row(BatchRow, sql, (tx.merchant_id, job_id)))


def next_codes(tx: Statements, pool_id: UUID, after: UUID, *, most: int) -> list[CodeRow]:
    """In the order in which they are handed out."""
    return tx.rows(CodeRow, _CODES, (tx.merchant_id, pool_id, after, most))


def _there[Row](row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row

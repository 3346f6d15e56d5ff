"""A reconciliation as it is read, together with how far its job is."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor, Source
from stampwell.jobs.rows import State
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.found import Found
from stampwell.reconciling.giving import most_off_of
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of

Step = Literal["choosing", "comparing", "compared", "failed"]


class ReconciliationRow(msgspec.Struct, frozen=True, kw_only=True):
    """`headings`, `choice` and `found` are JSON."""

    id: UUID
    name: str
    digest: bytes
    size: int
    shape: str
    headings: str
    choice: str
    found: str | None
    job_id: UUID | None
    asked: datetime | None
    finished: datetime | None
    created: datetime
    source: Source
    staff_member_id: UUID | None
    api_key_id: UUID | None

    @property
    def chosen(self) -> Choice:
        return msgspec.json.decode(self.choice, type=Choice)

    @property
    def has_found(self) -> Found | None:
        return msgspec.json.decode(self.found, type=Found) if self.found else None

    @property
    def actor(self) -> Actor:
        return Actor(source=self.source, staff_member_id=self.staff_member_id, api_key_id=self.api_key_id)


class JoinedReconciliation(ReconciliationRow, frozen=True, kw_only=True):
    """The job's part is None while none was asked for, and once it is forgotten."""

    state: State | None
    done: int | None
    total: int | None
    problem: str | None

    @property
    def step(self) -> Step:
        if self.finished:
            return "compared"
        if self.job_id is None:
            return "choosing"
        return "comparing" if self.state in ("waiting", "running", "done") else "failed"

    @property
    def can_begin(self) -> bool:
        """Whether it can be asked to be compared."""
        return self.step in ("choosing", "failed")


class ReconciledRowRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    reconciliation_id: UUID
    verdict: str
    row: int
    at: datetime | None
    day: date | None
    code: str
    place: str
    location_id: UUID | None
    receipt: str
    amount: int
    voucher_id: UUID | None
    redemption_id: UUID | None


class ShownRow(ReconciledRowRow, frozen=True, kw_only=True):
    """`confirmed` is whether a report has confirmed it by now: also one that came later. `rule` is what the reward
    takes off, where the till has taken off more.
    """

    card_id: UUID | None
    rule: str | None
    confirmed: bool

    @property
    def allowed(self) -> int | None:
        """The most that the reward takes off."""
        return most_off_of(self.rule) if self.rule else None


COLUMNS = columns_of(ReconciliationRow)
_READ = f"""
    SELECT {columns_of(ReconciliationRow, "r")}, j.state, j.done, j.total, j.problem
    FROM reconciliation r LEFT JOIN job j ON (j.merchant_id, j.id) = (r.merchant_id, r.job_id)
    WHERE r.merchant_id = %(merchant)s
"""
_ROWS = f"""
    SELECT {columns_of(ReconciledRowRow, "r")}, v.card_id, w.discount::text AS rule, EXISTS (
        SELECT 1 FROM voucher_confirmation c
        WHERE c.merchant_id = r.merchant_id AND c.redemption_id = r.redemption_id
    ) AS confirmed
    FROM reconciled_row r LEFT JOIN voucher v ON (v.merchant_id, v.id) = (r.merchant_id, r.voucher_id)
    LEFT JOIN reward w ON (w.merchant_id, w.id) = (v.merchant_id, v.reward_id) AND r.verdict = 'took_more'
    WHERE r.merchant_id = %(merchant)s AND r.reconciliation_id = %(reconciliation)s
        AND (%(verdict)s = '' OR r.verdict = %(verdict)s)
    ORDER BY r.id OFFSET %(skip)s LIMIT %(most)s
"""


def read_reconciliation(tx: Statements, reconciliation_id: UUID) -> JoinedReconciliation:
    """Refuses: NotFound."""
    facts = {"merchant": tx.merchant_id, "id": reconciliation_id}
    found = tx.row(JoinedReconciliation, _READ + " AND r.id = %(id)s", facts)
    if found is None:
        raise NotFound
    return found


def newest_reconciliations(tx: Statements, *, most: int) -> list[JoinedReconciliation]:
    order = " ORDER BY r.created DESC, r.id DESC LIMIT %(most)s"
    return tx.rows(JoinedReconciliation, _READ + order, {"merchant": tx.merchant_id, "most": most})


def last_compared(tx: Statements, *, since: datetime) -> JoinedReconciliation | None:
    """The newest that was finished then or later."""
    order = " AND r.finished >= %(since)s ORDER BY r.created DESC, r.id DESC LIMIT 1"
    return tx.row(JoinedReconciliation, _READ + order, {"merchant": tx.merchant_id, "since": since})


def next_reconciliations(tx: Statements, after: UUID, *, most: int) -> list[JoinedReconciliation]:
    """In the order in which they were made."""
    order = " AND r.id > %(after)s ORDER BY r.id LIMIT %(most)s"
    return tx.rows(JoinedReconciliation, _READ + order, {"merchant": tx.merchant_id, "after": after, "most": most})


def reconciliation_of_job(tx: Statements, job_id: UUID) -> ReconciliationRow:
    """Refuses: NotFound, where it was taken away."""
    sql = f"SELECT {COLUMNS} FROM reconciliation WHERE merchant_id = %s AND job_id = %s"
    found = tx.row(ReconciliationRow, sql, (tx.merchant_id, job_id))
    if found is None:
        raise NotFound
    return found


def rows_found(
    tx: Statements, reconciliation_id: UUID, *, verdict: str = "", skip: int = 0, most: int
) -> list[ShownRow]:
    """In the order of their finding; of all verdicts where none is named."""
    facts = {"merchant": tx.merchant_id, "reconciliation": reconciliation_id, "verdict": verdict}
    return tx.rows(ShownRow, _ROWS, facts | {"skip": skip, "most": most})

"""What a person or a program does with a report: says how it is read, and has it compared."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.jobs.asking import ask_for
from stampwell.merchants.closing import hold_merchant
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.fields import FIELDS, TWICE
from stampwell.reconciling.reading import date_order_of
from stampwell.reconciling.receiving import keep_report, row_of_report
from stampwell.reconciling.reconcile import COMPARE
from stampwell.reconciling.refusals import (
    ReportComparedBefore,
    ReportOfSums,
    ReportUnclear,
    ReportUnderWay,
)
from stampwell.reconciling.rows import (
    JoinedReconciliation,
    ReconciliationRow,
    ShownRow,
    newest_reconciliations,
    next_reconciliations,
    read_reconciliation,
    rows_found,
)
from stampwell.reconciling.till_reports import shape_named, troubles_of
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.files import unchanged_file
from stampwell.sheets.headings import LEFT_OUT, remember
from stampwell.sheets.receiving import Preview, Received, read_preview
from stampwell.transactions import Statements, merchant_transaction

MOST_SHOWN = 50
_ASK = """
    UPDATE reconciliation SET choice = %(choice)s::jsonb, headings = %(headings)s::jsonb, job_id = %(job)s,
        asked = %(asked)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_UNDER_WAY = """
    SELECT 1 FROM reconciliation r JOIN job j ON (j.merchant_id, j.id) = (r.merchant_id, r.job_id) AND j.ended IS NULL
    WHERE r.merchant_id = %s AND r.id <> %s
"""
_BEFORE = """
    SELECT id, created FROM reconciliation WHERE merchant_id = %s AND id <> %s AND digest = %s AND finished IS NOT NULL
    ORDER BY created DESC LIMIT 1
"""
# Of a job that has failed: the next one writes all of them.
_FORGET = "DELETE FROM reconciled_row WHERE merchant_id = %s AND reconciliation_id = %s"


class Before(msgspec.Struct, frozen=True):
    id: UUID
    created: datetime


def find_reconciliation(merchant_id: UUID, reconciliation_id: UUID) -> JoinedReconciliation:
    """Refuses: NotFound."""
    with merchant_transaction(merchant_id) as tx:
        return read_reconciliation(tx, reconciliation_id)


def list_reconciliations(merchant_id: UUID) -> list[JoinedReconciliation]:
    """The newest first."""
    with merchant_transaction(merchant_id) as tx:
        return newest_reconciliations(tx, most=MOST_SHOWN)


def list_reconciliations_after(merchant_id: UUID, after: UUID, *, most: int) -> list[JoinedReconciliation]:
    """In the order in which they were made."""
    with merchant_transaction(merchant_id) as tx:
        return next_reconciliations(tx, after, most=most)


def rows_of_reconciliation(
    merchant_id: UUID, reconciliation_id: UUID, *, verdict: str = "", skip: int = 0, most: int
) -> list[ShownRow]:
    with merchant_transaction(merchant_id) as tx:
        return rows_found(tx, reconciliation_id, verdict=verdict, skip=skip, most=most)


def compared_before(merchant_id: UUID, one: ReconciliationRow) -> Before | None:
    """The same file, when it was compared last."""
    with merchant_transaction(merchant_id) as tx:
        return tx.row(Before, _BEFORE, (merchant_id, one.id, one.digest))


def preview_of(merchant_id: UUID, one: ReconciliationRow, choice: Choice) -> Preview:
    """Refuses: SheetGone."""
    file = unchanged_file(merchant_id, one.id, one.digest)
    return read_preview(file, encoding=choice.encoding, separator=choice.separator)


def needs_date_order(merchant: Merchant, one: ReconciliationRow, choice: Choice) -> bool:
    """Whether nobody can tell day from month in this file. Refuses: SheetGone."""
    file = unchanged_file(merchant.id, one.id, one.digest)
    return date_order_of(file, choice, shape_named(one.shape), today=_today(merchant))[1]


def ask_to_compare(merchant: Merchant, reconciliation_id: UUID, choice: Choice, *, actor: Actor) -> None:
    """A second time it does nothing.

    Refuses: NotFound, ReportUnclear, ReportOfSums, SheetGone, ReportUnderWay.
    """
    one = find_reconciliation(merchant.id, reconciliation_id)
    if not one.can_begin:
        return
    headings = _headings_of(merchant, one, choice)  # the file is read before anybody has to wait for it
    with merchant_transaction(merchant.id) as tx:
        hold_merchant(tx)  # of two who ask at once the second waits, and finds the first
        if read_reconciliation(tx, reconciliation_id).can_begin:
            _begin(tx, one, choice, headings, actor=actor)


def ask_to_bring_in(
    merchant: Merchant, received: Received, *, changes: dict[str, object], again: bool, name: str, actor: Actor
) -> JoinedReconciliation:
    """All of it at once, for a program. `changes` are what it says beyond what the headings say.

    Refuses: ReportUnclear, ReportOfSums, ReportComparedBefore, ReportUnderWay, TooManyReports.
    """
    one = row_of_report(merchant, received, name=name, actor=actor)
    with merchant_transaction(merchant.id) as tx:
        _refuse_again(tx, one, again=again)
    choice = msgspec.structs.replace(one.chosen, **changes)
    headings = _headings_of(merchant, one, choice)  # the file is read before anybody has to wait for it
    with merchant_transaction(merchant.id) as tx:
        hold_merchant(tx)
        keep_report(tx, one)
        _refuse_again(tx, one, again=again)
        _begin(tx, one, choice, headings, actor=actor)
        return read_reconciliation(tx, one.id)


def _refuse_again(tx: Statements, one: ReconciliationRow, *, again: bool) -> None:
    """Refuses: ReportComparedBefore."""
    before = tx.row(Before, _BEFORE, (tx.merchant_id, one.id, one.digest))
    if before and not again:
        raise ReportComparedBefore(when=before.created)


def _begin(tx: Statements, one: ReconciliationRow, choice: Choice, headings: list[str], *, actor: Actor) -> None:
    """Refuses: ReportUnderWay."""
    if tx.exists(_UNDER_WAY, (tx.merchant_id, one.id)):
        raise ReportUnderWay
    facts = {
        "merchant": tx.merchant_id,
        "id": one.id,
        "choice": msgspec.json.encode(choice).decode(),
        "headings": msgspec.json.encode(remember(headings, choice.columns)).decode(),
        "job": ask_for(tx, COMPARE, asker=actor),
        "asked": now(),
    }
    tx.write(_FORGET, (tx.merchant_id, one.id))
    tx.write(_ASK, facts)
    changed(tx, "report.begun", by=actor, name=one.name, subject_id=one.id)


def _headings_of(merchant: Merchant, one: ReconciliationRow, choice: Choice) -> list[str]:
    """Refuses: ReportUnclear, ReportOfSums, SheetGone."""
    chosen = [field for field in choice.columns if field != LEFT_OUT]
    said_once = [field for field in chosen if field not in TWICE]
    if not set(chosen) <= set(FIELDS) or len(set(said_once)) < len(said_once) or choice.encoding not in ENCODINGS:
        raise ReportUnclear
    troubles = troubles_of(choice.columns, shape_named(one.shape))
    if "daily_sums" in troubles:
        raise ReportOfSums
    if "no_time" in troubles or ("no_code" in troubles and not choice.code_of_all):
        raise ReportUnclear
    headings = preview_of(merchant.id, one, choice).headings
    if len(headings) != len(choice.columns) or needs_date_order(merchant, one, choice):
        raise ReportUnclear
    return headings


def _today(merchant: Merchant) -> date:
    return local_day(merchant, now())

"""The job that compares a report: what is fine confirms vouchers, what is not is written down. In pieces, each once."""

from itertools import batched

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.recording import event_of
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.reconciling.comparing import Compared, compare
from stampwell.reconciling.matching import BAD, Finding
from stampwell.reconciling.reading import Unread
from stampwell.reconciling.rows import ReconciledRowRow, ReconciliationRow, reconciliation_of_job
from stampwell.reconciling.summing import day_of, sum_up
from stampwell.sheets.files import forget_rows
from stampwell.transactions import Statements, plan_once
from stampwell.vouchers.confirming import ConfirmationRow, ConfirmedEvent, describe_confirmation
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.rows import COLUMNS, VoucherRow

COMPARE = "reconcile"  # the kind of the job
AT_ONCE = 2_000  # findings in one step
MOST_KEPT = 5_000  # rows of each verdict; the counts are of all
_FINISH = "UPDATE reconciliation SET found = %s::jsonb, finished = %s WHERE merchant_id = %s AND id = %s"
_VOUCHERS = f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND id = ANY(%s)"
_POOL_CODES = """
    UPDATE pool_code SET confirmed = %s WHERE merchant_id = %s AND voucher_id = ANY(%s)
        AND revoked IS NULL AND confirmed IS NULL
"""


class Progress(msgspec.Struct, frozen=True):
    """No codes and no names."""

    confirmed: int = 0
    kept: int = 0


def reconcile(run: Run) -> None:
    """Refuses: SheetGone, ReportTooLong, ReportUnclear."""
    merchant = Merchant.objects.get(id=run.merchant_id)
    with run.step() as tx:
        wanted = reconciliation_of_job(tx, run.job_id)
    if wanted.finished is None:
        compared = compare(run, merchant, wanted)
        _write(run, merchant, wanted, compared)
        with run.step() as tx:
            found = msgspec.json.encode(sum_up(compared, merchant.currency)).decode()
            tx.write(_FINISH, (found, now(), tx.merchant_id, wanted.id))
    forget_rows(merchant.id, wanted.id)


def _write(run: Run, merchant: Merchant, wanted: ReconciliationRow, compared: Compared) -> None:
    """What was written by an earlier run is passed over: the findings are the same, in the same order."""
    confirmed = [one for one in compared.findings if _confirms(one)]
    kept = _kept(compared)
    begun = int(run.cursor or 0)
    with run.step() as tx:
        run.note(tx, total=len(confirmed) + len(kept))
    place = 0
    for some in batched(confirmed, AT_ONCE):
        place += len(some)
        if place > begun:
            _confirm(run, merchant, wanted, list(some), place)
    for rows in batched(kept, AT_ONCE):
        place += len(rows)
        if place > begun:
            _keep(run, wanted, list(rows), place)


def _confirms(one: Finding) -> bool:
    """Whether a voucher is confirmed by it that no report has confirmed before."""
    if one.use is None or one.shown is None or one.verdict not in ("confirmed", "wrong_branch"):
        return False
    return one.shown.confirmed is None and not one.shown.is_reversed


def _confirm(run: Run, merchant: Merchant, wanted: ReconciliationRow, some: list[Finding], place: int) -> None:
    at = now()
    with run.step() as tx:
        vouchers = _vouchers_of(tx, some)
        rows, events = [], []
        for one in some:
            assert one.use is not None, "they confirm each other"
            assert one.shown is not None
            voucher = vouchers[one.shown.voucher_id]
            row = ConfirmationRow(
                id=new_id(),
                voucher_id=voucher.id,
                redemption_id=one.shown.redemption_id,
                reconciliation_id=wanted.id,
                confirmed=at,
                at=one.use.at,
                location_id=one.use.location_id,
                receipt_id=one.use.receipt or None,
                amount=one.use.amount or None,
                currency=merchant.currency,
            )
            rows.append(row)
            facts = ConfirmedEvent(describe_voucher(tx, voucher, at=at), describe_confirmation(row))
            events.append(
                event_of(
                    "voucher.confirmed",
                    facts,
                    at=at,
                    actor=msgspec.structs.replace(wanted.actor, location_id=one.use.location_id),
                    card_id=voucher.card_id,
                    voucher_id=voucher.id,
                )
            )
        tx.write(_POOL_CODES, (at, tx.merchant_id, [row.voucher_id for row in rows]))
        plan_once(tx)
        tx.copy("voucher_confirmation", rows)
        tx.copy("event", events)
        done = run.report_so_far(Progress)
        report = msgspec.structs.replace(done, confirmed=done.confirmed + len(rows))
        run.note(tx, done=place, cursor=str(place), report=report)


def _vouchers_of(tx: Statements, some: list[Finding]) -> dict[object, VoucherRow]:
    ids = [one.shown.voucher_id for one in some if one.shown]
    return {voucher.id: voucher for voucher in tx.rows(VoucherRow, _VOUCHERS, (tx.merchant_id, ids))}


def _keep(run: Run, wanted: ReconciliationRow, rows: list[Finding | Unread], place: int) -> None:
    with run.step() as tx:
        plan_once(tx)
        tx.copy("reconciled_row", [_row_of(wanted, one) for one in rows])
        done = run.report_so_far(Progress)
        report = msgspec.structs.replace(done, kept=done.kept + len(rows))
        run.note(tx, done=place, cursor=str(place), report=report)


def _kept(compared: Compared) -> list[Finding | Unread]:
    """Of each verdict so many, in the order of the file."""
    found: list[Finding | Unread] = []
    for verdict in BAD:
        some = [one for one in compared.findings if one.verdict == verdict]
        some.sort(key=lambda one: (one.use.row if one.use else 0, one.shown.at.timestamp() if one.shown else 0.0))
        found += some[:MOST_KEPT]
    return found + compared.report.unread[:MOST_KEPT]


def _row_of(wanted: ReconciliationRow, one: Finding | Unread) -> ReconciledRowRow:
    if isinstance(one, Unread):
        return _unread_row(wanted, one)
    use, shown = one.use, one.shown
    place = use.location_id if use else (shown.location_id if shown else None)
    return ReconciledRowRow(
        id=new_id(),
        reconciliation_id=wanted.id,
        verdict=one.verdict,
        row=use.row if use else 0,
        at=use.at if use else (shown.at if shown else None),
        day=day_of(one),
        code=use.code if use else "",
        place=use.place if use else "",
        location_id=place,
        receipt=use.receipt if use else (shown.receipt if shown else ""),
        amount=use.amount if use else 0,
        voucher_id=shown.voucher_id if shown else None,
        redemption_id=shown.redemption_id if shown else None,
    )


def _unread_row(wanted: ReconciliationRow, one: Unread) -> ReconciledRowRow:
    """`code` holds the cell that could not be read, and `receipt` why."""
    return ReconciledRowRow(
        id=new_id(),
        reconciliation_id=wanted.id,
        verdict="unread",
        row=one.row,
        at=None,
        day=None,
        code=one.raw,
        place="",
        location_id=None,
        receipt=one.fault,
        amount=0,
        voucher_id=None,
        redemption_id=None,
    )

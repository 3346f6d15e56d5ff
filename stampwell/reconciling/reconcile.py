"""The job that compares a report: what is fine confirms vouchers, what is not is written down, and what has leaked goes
to nobody any more. In pieces, each once.
"""

import hashlib
from datetime import datetime
from itertools import batched
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.recording import event_of
from stampwell.events.rows import EventRow
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.reconciling.comparing import Compared, compare
from stampwell.reconciling.matching import BAD, Finding
from stampwell.reconciling.reading import Unread
from stampwell.reconciling.rows import ReconciledRowRow, ReconciliationRow, reconciliation_of_job
from stampwell.reconciling.summing import day_of, sum_up
from stampwell.redeem_codes.confirming import confirm_codes
from stampwell.redeem_codes.leaking import believable, count_left_in, count_taken_out, take_out
from stampwell.sheets.files import forget_rows
from stampwell.transactions import Statements, plan_once
from stampwell.vouchers.confirming import ConfirmationRow, ConfirmedEvent, confirm, describe_confirmation
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.rows import COLUMNS, VoucherRow

COMPARE = "reconcile"  # the kind of the job
AT_ONCE = 2_000  # findings in one step
MOST_KEPT = 5_000  # rows of each verdict; the counts are of all
_FINISH = "UPDATE reconciliation SET found = %s::jsonb, finished = %s WHERE merchant_id = %s AND id = %s"
_VOUCHERS = f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND id = ANY(%s)"
_FORGET = "DELETE FROM reconciled_row WHERE merchant_id = %s AND reconciliation_id = %s"


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
            leaked = believable(tx, compared.leaked, ZoneInfo(merchant.time_zone))
        for some in batched(leaked, AT_ONCE):
            with run.step() as tx:
                take_out(tx, some, at=now())
        with run.step() as tx:
            taken_out, left_in = count_taken_out(tx, compared.leaked), count_left_in(tx, compared.leaked)
            summed = sum_up(compared, merchant.currency)
            found = msgspec.structs.replace(summed, taken_out=taken_out, left_in=left_in)
            tx.write(_FINISH, (msgspec.json.encode(found).decode(), now(), tx.merchant_id, wanted.id))
    forget_rows(merchant.id, wanted.id)


def _write(run: Run, merchant: Merchant, wanted: ReconciliationRow, compared: Compared) -> None:
    """What an earlier run has confirmed is passed over, also one of a job that has failed."""
    confirmed = [one for one in compared.findings if _confirms(one)]
    settled = sum(one.shown is not None and one.shown.is_told and one.verdict != "twice" for one in compared.findings)
    kept = _kept(compared)
    with run.step() as tx:
        run.note(tx, total=settled + len(confirmed) + len(kept))
    for some in batched(confirmed, AT_ONCE):
        settled += len(some)
        _confirm(run, merchant, wanted, list(some), settled)
    _keep_all(run, wanted, kept, settled)


def _confirms(one: Finding) -> bool:
    """Whether a voucher is confirmed by it that no report has confirmed before."""
    if one.use is None or one.shown is None or one.verdict not in ("confirmed", "wrong_branch", "took_more"):
        return False
    return one.shown.confirmed is None and not one.shown.is_told and not one.shown.is_reversed


def _confirm(run: Run, merchant: Merchant, wanted: ReconciliationRow, some: list[Finding], settled: int) -> None:
    at = now()
    with run.step() as tx:
        vouchers = _vouchers_of(tx, some)
        wished = [_confirmation_of(one, wanted, at=at, currency=merchant.currency) for one in some]
        plan_once(tx)
        rows = confirm(tx, wished)
        confirm_codes(tx, [row.voucher_id for row in rows], at=at)
        tx.copy("event", [_event_of(tx, vouchers[row.voucher_id], row, wanted) for row in rows])
        done = run.report_so_far(Progress)
        report = msgspec.structs.replace(done, confirmed=done.confirmed + len(rows))
        run.note(tx, done=settled, report=report)


def _confirmation_of(one: Finding, wanted: ReconciliationRow, *, at: datetime, currency: str) -> ConfirmationRow:
    assert one.use is not None, "they confirm each other"
    assert one.shown is not None
    return ConfirmationRow(
        id=new_id(),
        voucher_id=one.shown.voucher_id,
        redemption_id=one.shown.redemption_id,
        reconciliation_id=wanted.id,
        confirmed=at,
        at=one.use.at,
        location_id=one.use.location_id,
        receipt_id=one.use.receipt or None,
        amount=one.use.amount or None,
        currency=currency,
    )


def _event_of(tx: Statements, voucher: VoucherRow, row: ConfirmationRow, wanted: ReconciliationRow) -> EventRow:
    return event_of(
        "voucher.confirmed",
        ConfirmedEvent(describe_voucher(tx, voucher, at=row.confirmed), describe_confirmation(row)),
        at=row.confirmed,
        actor=msgspec.structs.replace(wanted.actor, location_id=row.location_id),
        card_id=voucher.card_id,
        voucher_id=voucher.id,
    )


def _vouchers_of(tx: Statements, some: list[Finding]) -> dict[UUID, VoucherRow]:
    ids = [one.shown.voucher_id for one in some if one.shown]
    return {voucher.id: voucher for voucher in tx.rows(VoucherRow, _VOUCHERS, (tx.merchant_id, ids))}


def _keep_all(run: Run, wanted: ReconciliationRow, kept: list[Finding | Unread], settled: int) -> None:
    """Goes on behind what an earlier run has kept, where that found the same; else it keeps all of them anew."""
    found = _print_of(kept)
    of, _space, place = (run.cursor or "").partition(" ")
    begun = int(place) if of == found else 0
    if run.cursor and not begun:
        with run.step() as tx:
            tx.write(_FORGET, (tx.merchant_id, wanted.id))
            run.note(tx, cursor="", report=msgspec.structs.replace(run.report_so_far(Progress), kept=0))
    for rows in batched(kept[begun:], AT_ONCE):
        begun += len(rows)
        with run.step() as tx:
            plan_once(tx)
            tx.copy("reconciled_row", [_row_of(wanted, one) for one in rows])
            report = msgspec.structs.replace(run.report_so_far(Progress), kept=begun)
            run.note(tx, done=settled + begun, cursor=f"{found} {begun}", report=report)


def _print_of(kept: list[Finding | Unread]) -> str:
    """The same for the same rows in the same order."""
    rows = [
        ("unread", one.row, None)
        if isinstance(one, Unread)
        else (one.verdict, one.use and one.use.row, one.shown and one.shown.redemption_id)
        for one in kept
    ]
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:16]


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
    use, shown, is_second = one.use, one.shown, one.verdict == "twice"
    place = use.location_id if use else (shown.location_id if shown else None)
    return ReconciledRowRow(
        id=new_id(),
        reconciliation_id=wanted.id,
        verdict=one.verdict,
        row=use.row if use else 0,
        at=use.at if use else (shown.since or shown.at if shown else None),
        day=day_of(one),
        code=use.code if use else "",
        place=use.place if use else "",
        location_id=place,
        receipt=use.receipt if use else (shown.receipt if shown else ""),
        amount=use.amount if use else 0,
        voucher_id=shown.voucher_id if shown else None,
        redemption_id=shown.redemption_id if shown and not is_second else None,
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

"""Deleting a shop that has been closed for a month.

closed    deleting   means
-------   --------   ----------------------------------------------------------------------------
NULL      NULL       it is open
is set    NULL       it can be read, and opened again; a month later it can be deleted
is set    is set     a job deletes it: to everybody outside it is gone, and nothing opens it again
(no row)             it is gone; a `DeletedShop` says since when
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import OPERATOR
from stampwell.exports.files import forget_files_of as forget_exports_of
from stampwell.jobs.asking import ask_for
from stampwell.jobs.rows import COLUMNS, JobRow
from stampwell.jobs.run import Run
from stampwell.merchants.closing import hold_merchant
from stampwell.merchants.founding import slug_hash
from stampwell.merchants.models import DeletedShop, Membership, Merchant, MerchantSlug, User
from stampwell.refusal import Refusal
from stampwell.removal.tables import TABLES, empty, empty_further
from stampwell.requests.models import Session
from stampwell.sheets.files import forget_files_of as forget_imports_of
from stampwell.transactions import Statements, for_each_merchant, merchant_reads, merchant_transaction

DELETE_SHOP = "delete_shop"
CLOSED_BEFORE = timedelta(days=30)
_JOB = f"SELECT {COLUMNS} FROM job WHERE merchant_id = %s AND kind = %s ORDER BY created DESC LIMIT 1"
BATCH = 1000  # rows of a step, which takes well under a second


class DeletionTooEarly(Refusal):
    """The shop is open, or was closed less than a month ago. Facts: days."""

    code = "deletion_too_early"
    title = _("This shop cannot be deleted yet")
    staff_text = _("A shop can be deleted when it has been closed for %(days)s days.")
    customer_text = _("This shop cannot be deleted yet.")
    what_to_do = _("Close the shop, and come back when this time is over.")


class DeletionReport(msgspec.Struct, frozen=True):
    """How many rows are gone so far."""

    rows: int = 0


def deletable_from(merchant: Merchant) -> datetime | None:
    """None where the shop is open."""
    return merchant.closed + CLOSED_BEFORE if merchant.closed else None


def is_deletable(merchant: Merchant) -> bool:
    begins = deletable_from(merchant)
    return begins is not None and begins <= now() and merchant.deleting is None


def open_deletion(merchant: Merchant) -> JobRow | None:
    """The job that deletes it, or that has failed to."""
    if not merchant.deleting:
        return None
    with merchant_reads(merchant.id) as tx:
        return tx.row(JobRow, _JOB, (merchant.id, DELETE_SHOP))


def ask_to_delete(merchant_id: UUID) -> bool:
    """Whether the job was asked for now; False where it was before. Refuses: NotFound, DeletionTooEarly."""
    with merchant_transaction(merchant_id) as tx:
        merchant = hold_merchant(tx)
        if merchant.deleting:
            return False
        if not is_deletable(merchant):
            raise DeletionTooEarly(days=CLOSED_BEFORE.days)
        Merchant.objects.filter(id=merchant_id).update(deleting=now())
        ask_for(tx, DELETE_SHOP, asker=OPERATOR)
        return True


def delete_shop(run: Run, *, batch: int = BATCH) -> None:
    """Its progress is told in tables. The last step takes the job along, so nothing of it is left either.

    Refuses: NotFound, DeletionTooEarly.
    """
    with run.step() as tx:
        if not hold_merchant(tx).deleting:  # somebody asked for the job by its name alone
            raise DeletionTooEarly(days=CLOSED_BEFORE.days)
        tx.write("DELETE FROM job WHERE merchant_id = %s AND id <> %s", (tx.merchant_id, run.job_id))
        run.note(tx, total=len(TABLES) + 1)
    for table in TABLES[run.done :]:
        while _empty_a_little(run, table, batch):
            pass
    forget_exports_of(run.merchant_id)
    forget_imports_of(run.merchant_id)
    with run.step() as tx:
        _end(tx, run)


def _empty_a_little(run: Run, table: str, batch: int) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        deleted = empty_further(tx, table, most=batch)
        report = DeletionReport(run.report_so_far(DeletionReport).rows + deleted)
        is_empty = deleted < batch
        run.note(tx, done=run.done + is_empty, cursor=table, report=report)
    return not is_empty


def _end(tx: Statements, run: Run) -> None:
    """Also what the worker wrote meanwhile, for it may have begun before the shop was to be deleted."""
    rows = run.report_so_far(DeletionReport).rows + sum(empty(tx, table) for table in TABLES)
    merchant = hold_merchant(tx)
    gone = partial(Membership.objects.filter, merchant_id=merchant.id)
    elsewhere = Membership.objects.exclude(merchant_id=merchant.id).values("user_id")
    people = User.objects.filter(id__in=gone().values("user_id"), operates=False).exclude(id__in=elsewhere)
    alone = [*people.values_list("id", flat=True)]
    gone().delete()
    Session.objects.filter(user_id__in=alone).delete()
    User.objects.filter(id__in=alone).delete()
    MerchantSlug.objects.filter(merchant_id=merchant.id).delete()
    DeletedShop.objects.create(id=merchant.id, slug_hash=slug_hash(merchant.slug), deleted=now(), rows=rows)
    tx.write("DELETE FROM job WHERE merchant_id = %s", (merchant.id,))
    tx.write("DELETE FROM merchant WHERE id = %s", (merchant.id,))


def sweep_after_deletions() -> None:
    """What a step of the worker wrote that had begun long before, into a table that names no merchant by a key."""
    since = now() - timedelta(days=2)
    for_each_merchant([*DeletedShop.objects.filter(deleted__gt=since).values_list("id", flat=True)], _sweep)


def _sweep(merchant_id: UUID) -> None:
    with merchant_transaction(merchant_id) as tx:
        if Merchant.objects.filter(id=merchant_id).exists():  # it has come back, or is being read in
            return
        for table in TABLES:
            empty(tx, table)

"""Telling that a voucher ends soon: once for each end, and at an hour at which nobody sleeps.

When that is stands in the voucher's row (`ending`). It is taken out of there in the transaction that tells it. What was
used or withdrawn before leaves it there, as it leaves `due`; nothing is told of it.
"""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.ending import MORNING, ends_soon_from, zone_of_end
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.rows import COLUMNS, VoucherRow, is_held, state_at

BATCH = 500
EARLIEST, LATEST = time(9), time(21)  # between which somebody is told, where the worker comes late
_DUE = f"""
    SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND remind <= %s
    ORDER BY remind LIMIT %s FOR UPDATE SKIP LOCKED
"""
_DONE = "UPDATE voucher SET remind = NULL WHERE merchant_id = %s AND id = ANY(%s)"
_LATER = "UPDATE voucher SET remind = %s WHERE merchant_id = %s AND id = %s"


def merchants_to_remind() -> list[UUID]:
    return merchants_where("SELECT DISTINCT merchant_id FROM voucher WHERE remind <= %s", (now(),))


def remind_of_ends(merchant_id: UUID) -> int:
    """Looks at a batch of the vouchers whose time has come, and says how many; those that somebody holds come next
    time.
    """
    merchant, at = Merchant.objects.get(id=merchant_id), now()
    with merchant_transaction(merchant_id) as tx:
        due = tx.rows(VoucherRow, _DUE, (merchant_id, at, BATCH))
        later = {voucher.id: put_off for voucher in due if (put_off := _tell(tx, merchant, voucher, at))}
        for voucher_id, moment in later.items():
            tx.write(_LATER, (moment, merchant_id, voucher_id))
        if done := [voucher.id for voucher in due if voucher.id not in later]:
            tx.write(_DONE, (merchant_id, done))
        return len(due)


def _tell(tx: Statements, merchant: Merchant, voucher: VoucherRow, at: datetime) -> datetime | None:
    """Until when that has to wait; None where it was told, or there is nothing to tell any more."""
    if is_held(voucher, at):
        return voucher.reserved_until
    if state_at(voucher, at) != "ready" or voucher.expires is None:
        return None
    begins = ends_soon_from(merchant, voucher)
    if begins and begins > at:  # by another clock by now, so its pass does not say it yet
        return begins
    if put_off := _put_off(merchant, voucher, at):
        return put_off if put_off < voucher.expires else None
    data = VoucherEvent(describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.ending", data, at=at, actor=CLOCK, card_id=voucher.card_id, voucher_id=voucher.id)
    return None


def _put_off(merchant: Merchant, voucher: VoucherRow, at: datetime) -> datetime | None:
    """At night until the morning; by a day where nobody could use it now: the shop is closed, or its code is still to
    come.
    """
    zone = zone_of_end(merchant, voucher)
    is_day = EARLIEST <= at.astimezone(zone).time() < LATEST
    return None if is_day and not merchant.closed and voucher.waits_since is None else _next_morning(zone, at)


def _next_morning(zone: ZoneInfo, at: datetime) -> datetime:
    today = datetime.combine(at.astimezone(zone).date(), MORNING, zone)
    return (today if today > at else today + timedelta(days=1)).astimezone(UTC)

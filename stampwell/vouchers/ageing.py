"""What time does to vouchers, written down: ready, expired, used at the end of a reveal."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import CLOCK, CUSTOMER
from stampwell.events.recording import EventType, record
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.redeeming import write_redemption
from stampwell.vouchers.rows import COLUMNS, VoucherRow, due_of, is_held
from stampwell.vouchers.till_codes import return_unseen_code

BATCH = 500
# A worker that stood still for longer tells a use when it learns of it: numbers of events rise with their moments.
TOLD_AS_IT_WAS = timedelta(minutes=10)
# Also of those that were used or withdrawn before their time came, which leaves `due` as it was.
_NOTHING_DUE = "UPDATE voucher SET due = NULL WHERE merchant_id = %s AND id = ANY(%s)"

_LATER = "UPDATE voucher SET due = %s WHERE merchant_id = %s AND id = %s"


def merchants_with_due_vouchers() -> list[UUID]:
    return merchants_where("SELECT DISTINCT merchant_id FROM voucher WHERE due <= %s", (now(),))


def let_vouchers_age(merchant_id: UUID) -> int:
    """Writes down what time has done to a batch of vouchers; those that somebody holds come next time."""
    at = now()
    with merchant_transaction(merchant_id) as tx:
        due = tx.rows(
            VoucherRow,
            f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND due <= %s LIMIT %s FOR UPDATE SKIP LOCKED",
            (merchant_id, at, BATCH),
        )
        for voucher in due:
            _move_on(tx, voucher, at)
        if over := [voucher.id for voucher in due if voucher.state not in ("pending", "ready")]:
            tx.write(_NOTHING_DUE, (merchant_id, over))
        return len(due)


def _move_on(tx: Statements, voucher: VoucherRow, at: datetime) -> None:
    match voucher.state:
        case "pending" if voucher.awaits_visit:
            _expire(tx, voucher, at)
        case "pending":
            _turn(tx, voucher, "ready", "voucher.ready", at)
        case "ready" if is_held(voucher, at):  # its end comes when the till no longer holds it
            tx.write(_LATER, (voucher.reserved_until, tx.merchant_id, voucher.id))
        case "ready":
            _expire(tx, voucher, at)
        case "reserved":
            assert voucher.reserved_until is not None, "reserved means until when"
            told_at = at if at - voucher.reserved_until > TOLD_AS_IT_WAS else None
            write_redemption(
                tx, voucher, path="redeem_code", actor=CUSTOMER, at=voucher.reserved_until, told_at=told_at
            )


def _expire(tx: Statements, voucher: VoucherRow, at: datetime) -> None:
    _turn(tx, voucher, "expired", "voucher.expired", at)
    return_unseen_code(tx, voucher)


def _turn(tx: Statements, voucher: VoucherRow, state: str, event: EventType, at: datetime) -> None:
    turned = msgspec.structs.replace(voucher, state=state)
    tx.write(
        "UPDATE voucher SET state = %s, due = %s WHERE merchant_id = %s AND id = %s AND state = %s",
        (state, due_of(turned), tx.merchant_id, voucher.id, voucher.state),
    )
    data = VoucherEvent(describe_voucher(tx, turned, at=at))
    record(tx, event, data, at=at, actor=CLOCK, card_id=voucher.card_id, voucher_id=voucher.id)

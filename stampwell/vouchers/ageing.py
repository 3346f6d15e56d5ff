"""What time does to vouchers, written down: ready, expired, used at the end of a reveal."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from stampwell.clock import now
from stampwell.events.recording import EventType, record
from stampwell.merchants.access import CUSTOMER
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.redeeming import write_redemption
from stampwell.vouchers.standing import COLUMNS, VoucherRow

BATCH = 500

_DUE = """
    (state = 'pending' AND ready <= %(now)s)
    OR (state = 'ready' AND expires IS NOT NULL AND expires <= %(now)s)
    OR (state = 'reserved' AND reserved_until <= %(now)s)
"""


def merchants_with_due_vouchers() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT merchant_id FROM voucher WHERE {_DUE}", {"now": now()})
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


def let_vouchers_age(merchant_id: UUID) -> int:
    """Writes down what time has done to a batch of vouchers; those that somebody holds come next time."""
    at = now()
    with merchant_transaction(merchant_id) as tx:
        due = tx.rows(
            VoucherRow,
            f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %(merchant)s AND ({_DUE})"
            " LIMIT %(batch)s FOR UPDATE SKIP LOCKED",
            {"merchant": merchant_id, "now": at, "batch": BATCH},
        )
        for voucher in due:
            _move_on(tx, voucher, at)
        return len(due)


def _move_on(tx: Statements, voucher: VoucherRow, at: datetime) -> None:
    if voucher.state == "reserved":
        assert voucher.reserved_until is not None, "reserved means until when"
        write_redemption(tx, voucher, path="redeem_code", actor=CUSTOMER, at=voucher.reserved_until)
    elif voucher.state == "pending":
        _turn(tx, voucher, "ready", "voucher.ready", at)
    else:
        _turn(tx, voucher, "expired", "voucher.expired", at)


def _turn(tx: Statements, voucher: VoucherRow, state: str, event: EventType, at: datetime) -> None:
    tx.write(
        "UPDATE voucher SET state = %s WHERE merchant_id = %s AND id = %s AND state = %s",
        (state, tx.merchant_id, voucher.id, voucher.state),
    )
    data = VoucherEvent(describe_voucher(tx, msgspec.structs.replace(voucher, state=state), at=at))
    record(tx, event, data, at=at, card_id=voucher.card_id, voucher_id=voucher.id)

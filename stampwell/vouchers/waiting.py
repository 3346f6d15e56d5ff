"""Vouchers for which no code was left: they get the next ones, in the order in which they began to wait.

Whoever comes after them takes a code only where more are free than vouchers wait.
"""

from datetime import datetime
from uuid import UUID

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.free_codes import FREE_CODES, IS_HANDED_OUT
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where
from stampwell.vouchers.rows import IS_OPEN, OPEN, VoucherRow, state_at
from stampwell.vouchers.till_codes import give_code, keep_good_code

AT_ONCE = 200
# Those that are over, which need none, and those of whose pool a code is free; whether it is one for their location is
# seen when it is taken.
_SERVED_NOW = f"""
    FROM voucher v JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE v.waits_since IS NOT NULL AND (
        NOT v.{IS_OPEN} OR EXISTS (
            SELECT 1 FROM {FREE_CODES}
            WHERE b.merchant_id = r.merchant_id AND b.pool_id = r.pool_id AND {IS_HANDED_OUT}
        )
    )
"""
_MERCHANTS = f"SELECT DISTINCT v.merchant_id {_SERVED_NOW}"
_WAITING = f"""
    SELECT {columns_of(VoucherRow, "v")} {_SERVED_NOW} AND v.merchant_id = %s
    ORDER BY v.waits_since, v.id LIMIT %s FOR UPDATE OF v SKIP LOCKED
"""
_WAITS_NO_MORE = "UPDATE voucher SET waits_since = NULL WHERE merchant_id = %s AND id = ANY(%s)"


def merchants_with_waiting_vouchers() -> list[UUID]:
    return merchants_where(_MERCHANTS, ())


def hand_out_to_waiting(merchant_id: UUID) -> None:
    """Each of those that wait longest gets a code, as far as there are any; one that somebody holds comes next time."""
    merchant, at = Merchant.objects.get(id=merchant_id), now()
    with merchant_transaction(merchant_id) as tx:
        waiting = tx.rows(VoucherRow, _WAITING, (merchant_id, AT_ONCE))
        done = [voucher.id for voucher in waiting if _is_settled(tx, merchant, voucher, at)]
        tx.write(_WAITS_NO_MORE, (merchant_id, done))


def _is_settled(tx: Statements, merchant: Merchant, voucher: VoucherRow, at: datetime) -> bool:
    """Also one that has expired or was used without a code meanwhile, or has got one."""
    if state_at(voucher, at) not in OPEN or keep_good_code(tx, voucher, at=at):
        return True
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    return give_code(tx, merchant, voucher, reward, at=at, actor=CLOCK)

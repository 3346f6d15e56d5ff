"""The hours of reminders by another clock of the shop: customers are told in its morning, as their passes say it then.

A voucher's row has the moment (`ending`), which was worked out by the clock of before.
"""

from uuid import UUID

from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.transactions import columns_of
from stampwell.vouchers.ending import ends_soon_from
from stampwell.vouchers.rows import VoucherRow

AT_ONCE = 500
_FIRST = UUID(int=0)
_TO_REMIND = f"""
    SELECT {columns_of(VoucherRow)} FROM voucher
    WHERE merchant_id = %s AND remind IS NOT NULL AND id > %s ORDER BY id LIMIT %s FOR UPDATE
"""
_SET = "UPDATE voucher SET remind = %s WHERE merchant_id = %s AND id = %s"


def set_reminders_anew(run: Run) -> None:
    """Of all vouchers whose customers are still to be told; a moment that is over by now is told with the next ones.

    The job keeps in its cursor which voucher was the last.
    """
    merchant = Merchant.objects.get(id=run.merchant_id)
    while True:
        with run.step() as tx:
            after = UUID(run.cursor) if run.cursor else _FIRST
            vouchers = tx.rows(VoucherRow, _TO_REMIND, (tx.merchant_id, after, AT_ONCE))
            for voucher in vouchers:
                if begins := ends_soon_from(merchant, voucher):
                    tx.write(_SET, (begins, tx.merchant_id, voucher.id))
            if not vouchers:
                return
            run.note(tx, cursor=str(vouchers[-1].id))

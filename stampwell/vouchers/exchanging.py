"""The job that withdraws a batch of codes: after the free ones those that vouchers have, which get others.

A voucher that is being shown changes its code under its customer's eyes, if there is another one. One that has got its
code already, but does not show it, gets the next one or waits for it; any other gets one as it is shown. What vouchers
had, but for those that were used, counts as withdrawn, as where a code is withdrawn alone.
"""

from uuid import UUID

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.revoking import end_withdrawal, withdraw_free_codes, withdraw_given_codes
from stampwell.redeem_codes.rows import BatchRow
from stampwell.redeem_codes.stocking import CODE
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import Statements, columns_of
from stampwell.vouchers.rows import IS_OPEN, OPEN, VoucherRow, state_at
from stampwell.vouchers.till_codes import exchange_shown_code, give_code_again

ROWS_AT_ONCE, AT_ONCE = 10_000, 200  # rows that are looked through, vouchers of them
# By the ids that its rows have, as no index knows which codes of a batch were handed out.
_HANDED_OUT = f"""
    SELECT c.id FROM pool_code c JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
    WHERE c.merchant_id = %s AND c.id = ANY(%s) AND c.revoked IS NULL
        AND (v.{IS_OPEN} OR v.state <> 'redeemed' AND c.withdrawn IS NULL AND c.confirmed IS NULL) ORDER BY c.id
"""
_HOLDERS = f"""
    SELECT {columns_of(VoucherRow, "v")} FROM voucher v
    WHERE v.merchant_id = %(merchant)s AND v.id IN (
        SELECT c.voucher_id FROM pool_code c
        WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(codes)s) AND c.revoked IS NULL
    ) ORDER BY v.id FOR UPDATE
"""


def withdraw_codes(run: Run) -> None:
    """Refuses: NotFound."""
    batch = withdraw_free_codes(run)
    _exchange(run, batch)
    end_withdrawal(run, batch)


def _exchange(run: Run, batch: BatchRow) -> None:
    """Begun once more it finds those that have still got a code of the batch, or whose code is not counted yet."""
    merchant, ids = Merchant.objects.get(id=run.merchant_id), LineIds(batch.id, batch.created)
    end = batch.first_row + batch.rows
    for first in range(batch.first_row, end, ROWS_AT_ONCE):
        rows = ids.rows_between(first, min(first + ROWS_AT_ONCE, end) - 1, CODE)
        with run.step() as tx:
            codes = tx.values(UUID, _HANDED_OUT, (run.merchant_id, rows))
        for place in range(0, len(codes), AT_ONCE):
            some = codes[place : place + AT_ONCE]
            with run.step() as tx:
                holders = tx.rows(VoucherRow, _HOLDERS, {"merchant": run.merchant_id, "codes": some})
                used = [one.id for one in holders if state_at(one, now()) == "redeemed"]
                withdraw_given_codes(tx, batch, some, used=used)
                for voucher in holders:
                    give_another(tx, merchant, voucher)


def give_another(tx: Statements, merchant: Merchant, voucher: VoucherRow) -> None:
    """To one that the caller has locked and whose code is no good any more. One that is over has nothing to get."""
    at = now()
    if state_at(voucher, at) not in OPEN:
        return
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    is_shown = voucher.revealed and voucher.reserved_until and at < voucher.reserved_until
    exchange = exchange_shown_code if is_shown else give_code_again
    exchange(tx, merchant, voucher, reward, at=at, actor=CLOCK)

"""Showing the codes of a list in another way: as text, or in another barcode that the till can read.

A code is drawn as its list says when its voucher shows it; a page that shows one already keeps what it
drew. So it is changed only where every code that may still be shown can be drawn like that: those that nobody has, and
those of vouchers that can be used. A voucher that is over and comes back, restored or extended, gets another code where
its own does not fit any more (`handing_out.held_code`).
"""

from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.formats import why_code_does_not_fit
from stampwell.redeem_codes.pools import refuse_unfit_fallback, shown_in
from stampwell.redeem_codes.refusals import CodesNotShownLikeThat, CodesUnderWay
from stampwell.redeem_codes.rows import PoolRow, lock_pool
from stampwell.transactions import Statements, merchant_transaction

AT_ONCE = 10_000  # codes
_FIRST = UUID(int=0)
_BATCHES = """
    SELECT id FROM code_batch WHERE merchant_id = %s AND pool_id = %s AND written IS NULL ORDER BY id FOR UPDATE
"""
_UNDER_WAY = """
    SELECT 1 FROM code_batch b JOIN job j ON (j.merchant_id, j.id) = (b.merchant_id, b.job_id)
    WHERE b.merchant_id = %s AND b.id = ANY(%s) AND j.state IN ('waiting', 'running') LIMIT 1
"""
# What was checked for the other way, and is not added yet, has to be checked once more.
_CHECK_AGAIN = """
    UPDATE code_batch SET checked = NULL, job_id = NULL, check_job_id = NULL, found = '{}'::jsonb
    WHERE merchant_id = %s AND id = ANY(%s) AND NOT wanted AND checked IS NOT NULL
"""
_CODES = """
    SELECT c.id, c.code, c.voucher_id IS NULL OR v.state IN ('pending', 'ready', 'reserved') AS is_to_be_shown
    FROM pool_code c LEFT JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
    WHERE c.merchant_id = %s AND c.pool_id = %s AND c.id > %s AND c.revoked IS NULL AND c.confirmed IS NULL
    ORDER BY c.id LIMIT %s
"""
_CHANGE = "UPDATE code_pool SET format = %s, barcode_template = %s WHERE merchant_id = %s AND id = %s"


class _Code(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    is_to_be_shown: bool


def change_format(
    merchant: Merchant, pool_id: UUID, *, code_format: str, barcode_template: str, actor: Actor
) -> PoolRow:
    """How all codes of the list are shown from now on, also those that vouchers have.

    Refuses: NotFound; CodesUnderWay while codes are being checked, added or made; CodeDoesNotFit, of the code for when
    none is left; CodesNotShownLikeThat.
    """
    with merchant_transaction(merchant.id) as tx:
        pool = lock_pool(tx, pool_id)  # no file is received meanwhile: its row names this one
        new = msgspec.structs.replace(pool, format=code_format, barcode_template=barcode_template)
        if new == pool:
            return pool
        batches = tx.values(UUID, _BATCHES, (tx.merchant_id, pool_id))
        if tx.exists(_UNDER_WAY, (tx.merchant_id, batches)):
            raise CodesUnderWay
        refuse_unfit_fallback(new, pool.fallback_code)
        if unfit := _find_unfit(tx, new):
            raise CodesNotShownLikeThat(code=unfit.code)
        tx.write(_CHANGE, (code_format, barcode_template, tx.merchant_id, pool_id))
        tx.write(_CHECK_AGAIN, (tx.merchant_id, batches))
        changed(
            tx,
            "code_pool.changed",
            by=actor,
            name=pool.name,
            subject_id=pool_id,
            before={"shown_as": pool.format, "barcode_template": pool.barcode_template},
            after={"shown_as": code_format, "barcode_template": barcode_template},
        )
        return new


def _find_unfit(tx: Statements, pool: PoolRow) -> _Code | None:
    """A million codes take some seconds, in pieces of which no more than one is in memory."""
    after = _FIRST
    while codes := tx.rows(_Code, _CODES, (tx.merchant_id, pool.id, after, AT_ONCE)):
        for one in codes:
            if one.is_to_be_shown and why_code_does_not_fit(shown_in(pool, one.code), pool.format):
                return one
        after = codes[-1].id
    return None

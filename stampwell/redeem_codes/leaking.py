"""Codes of lists that the till has seen used before anybody had seen them here: the till takes them no more.

They are in no stock, and no voucher gets one. A voucher that has got one already, but not shown it yet, loses it and
gets another one as it is shown.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from stampwell.transactions import Statements

# As whoever shows a voucher does: the voucher first, then its code.
_UNSEEN = """
    SELECT v.id FROM pool_code c JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
    WHERE c.merchant_id = %s AND c.id = ANY(%s) AND c.revoked IS NULL AND v.revealed IS NULL AND v.reversals = 0
    ORDER BY v.id FOR UPDATE OF v
"""
_TAKE_OUT = """
    WITH leaked AS (
        UPDATE pool_code SET voucher_id = NULL, given = NULL, revoked = %(at)s, confirmed = %(at)s
        WHERE merchant_id = %(merchant)s AND id IN (
            SELECT c.id FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(ids)s)
                AND c.revoked IS NULL AND c.confirmed IS NULL
                AND (c.given IS NULL OR c.voucher_id = ANY(%(unseen)s))
            ORDER BY c.id FOR UPDATE
        ) RETURNING batch_id
    ), counted AS (SELECT batch_id, count(*) AS codes FROM leaked GROUP BY batch_id)
    UPDATE code_batch b SET leaked = b.leaked + counted.codes
    FROM counted WHERE b.merchant_id = %(merchant)s AND b.id = counted.batch_id
"""
_TAKEN_OUT = """
    SELECT count(*) FROM pool_code WHERE merchant_id = %s AND id = ANY(%s)
        AND given IS NULL AND revoked IS NOT NULL AND confirmed IS NOT NULL
"""


def take_out(tx: Statements, ids: Collection[UUID], *, at: datetime) -> None:
    """Of these codes those that nobody has seen, each once. What a customer was shown stays theirs."""
    unseen = tx.values(UUID, _UNSEEN, (tx.merchant_id, list(ids)))
    tx.write(_TAKE_OUT, {"merchant": tx.merchant_id, "ids": list(ids), "unseen": unseen, "at": at})


def count_taken_out(tx: Statements, ids: Collection[UUID]) -> int:
    """Of these codes, whenever it was."""
    return tx.value(int, _TAKEN_OUT, (tx.merchant_id, list(ids))) or 0

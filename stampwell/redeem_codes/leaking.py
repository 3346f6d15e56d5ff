"""Codes of lists that the till has seen used before anybody had seen them here: the till takes them no more.

They are in no stock, and no voucher gets one. A voucher that has got one already, but not shown it yet, loses it and
gets another one as it is shown.

There is no way back, and a wrong file is handed in easily: a shop's own list of codes has columns like a report. So
where very many are named, or before they were here at all, they stay, and somebody looks.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from stampwell.transactions import Statements

FEW, SHARE = 20, 0.05  # more than both, of a list or of what was added at once, are rather a wrong file than a leak

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
_BELIEVABLE = """
    SELECT named.id FROM (
        SELECT c.id, b.codes, told.day >= (b.created AT TIME ZONE %(zone)s)::date AS was_here,
            count(*) OVER (PARTITION BY c.batch_id) AS of_batch,
            count(*) OVER (PARTITION BY c.pool_id) AS of_pool,
            (SELECT sum(other.codes) FROM code_batch other
                WHERE other.merchant_id = c.merchant_id AND other.pool_id = c.pool_id) AS codes_of_pool
        FROM unnest(%(ids)s::uuid[], %(days)s::date[]) AS told (id, day)
        JOIN pool_code c ON c.merchant_id = %(merchant)s AND c.id = told.id
        JOIN code_batch b ON (b.merchant_id, b.id) = (c.merchant_id, c.batch_id)
    ) named
    WHERE named.was_here AND named.of_batch <= greatest(%(few)s, named.codes * %(share)s)
        AND named.of_pool <= greatest(%(few)s, named.codes_of_pool * %(share)s)
    ORDER BY named.id
"""
_TAKEN_OUT = """
    SELECT count(*) FROM pool_code WHERE merchant_id = %s AND id = ANY(%s)
        AND given IS NULL AND revoked IS NOT NULL AND confirmed IS NOT NULL
"""
_LEFT_IN = """
    SELECT count(*) FROM pool_code c LEFT JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
    WHERE c.merchant_id = %s AND c.id = ANY(%s) AND c.revoked IS NULL AND c.confirmed IS NULL
        AND (c.given IS NULL OR v.revealed IS NULL AND v.reversals = 0)
"""


def believable(tx: Statements, used: Mapping[UUID, date], zone: ZoneInfo) -> list[UUID]:
    """Of these codes those that may well have leaked; `used` is the last day on which the till took each."""
    facts = {"merchant": tx.merchant_id, "ids": list(used), "days": list(used.values()), "zone": zone.key}
    return tx.values(UUID, _BELIEVABLE, facts | {"few": FEW, "share": SHARE})


def take_out(tx: Statements, ids: Collection[UUID], *, at: datetime) -> None:
    """Of these codes those that nobody has seen, each once. What a customer was shown stays theirs."""
    unseen = tx.values(UUID, _UNSEEN, (tx.merchant_id, list(ids)))
    tx.write(_TAKE_OUT, {"merchant": tx.merchant_id, "ids": list(ids), "unseen": unseen, "at": at})


def count_taken_out(tx: Statements, ids: Collection[UUID]) -> int:
    """Of these codes, whenever it was."""
    return tx.value(int, _TAKEN_OUT, (tx.merchant_id, list(ids))) or 0


def count_left_in(tx: Statements, ids: Collection[UUID]) -> int:
    """Of these codes those that nobody has seen, and that somebody may still get."""
    return tx.value(int, _LEFT_IN, (tx.merchant_id, list(ids))) or 0

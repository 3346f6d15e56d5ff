"""Recomputing every counter from the rows that it counts: the two must never differ."""

from uuid import UUID

import msgspec

from stampwell.transactions import merchant_transaction


class Difference(msgspec.Struct, frozen=True):
    """A counter that says something else than the rows."""

    what: str
    id: UUID
    kept: int
    counted: int


_STAMPS = """
    SELECT 'stamps' AS what, c.id, c.stamps + c.done AS kept, coalesce(sum(s.count), 0)::bigint AS counted
    FROM (
        SELECT c.merchant_id, c.id, c.stamps, coalesce(sum(r.goal), 0)::bigint AS done FROM card c
        LEFT JOIN completed_round r
            ON r.merchant_id = c.merchant_id AND r.card_id = c.id AND r.reopened IS NULL
        WHERE c.merchant_id = %(merchant)s GROUP BY c.merchant_id, c.id, c.stamps
    ) c
    LEFT JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
    WHERE c.merchant_id = %(merchant)s
    GROUP BY c.id, c.stamps, c.done HAVING c.stamps + c.done <> coalesce(sum(s.count), 0)
"""

_ROUNDS = """
    SELECT 'round' AS what, c.id, c.round AS kept, count(r.id) + 1 AS counted FROM card c
    LEFT JOIN completed_round r ON r.merchant_id = c.merchant_id AND r.card_id = c.id AND r.reopened IS NULL
    WHERE c.merchant_id = %(merchant)s GROUP BY c.id, c.round HAVING c.round <> count(r.id) + 1
"""

_REMAINDERS = """
    SELECT 'remainder' AS what, c.id, c.remainder AS kept, coalesce(sum(s.remainder_change), 0)::bigint AS counted
    FROM card c LEFT JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
    WHERE c.merchant_id = %(merchant)s
    GROUP BY c.id, c.remainder HAVING c.remainder <> coalesce(sum(s.remainder_change), 0)
"""

_USES = """
    SELECT 'uses' AS what, v.id, v.reversals + (v.state = 'redeemed')::int AS kept, count(r.id) AS counted
    FROM voucher v LEFT JOIN redemption r ON r.merchant_id = v.merchant_id AND r.voucher_id = v.id
    WHERE v.merchant_id = %(merchant)s
    GROUP BY v.id, v.reversals, v.state HAVING v.reversals + (v.state = 'redeemed')::int <> count(r.id)
"""

_REVERSALS = """
    SELECT 'reversals' AS what, v.id, v.reversals AS kept, count(b.id) AS counted FROM voucher v
    LEFT JOIN redemption r ON r.merchant_id = v.merchant_id AND r.voucher_id = v.id
    LEFT JOIN reversal b ON b.merchant_id = r.merchant_id AND b.redemption_id = r.id
    WHERE v.merchant_id = %(merchant)s GROUP BY v.id, v.reversals HAVING v.reversals <> count(b.id)
"""


def recount(merchant_id: UUID) -> list[Difference]:
    """What differs, over all cards and vouchers of the merchant; an empty list is the only good answer."""
    with merchant_transaction(merchant_id) as tx:
        counts = [
            tx.later(Difference, sql, {"merchant": merchant_id})
            for sql in (_STAMPS, _ROUNDS, _REMAINDERS, _USES, _REVERSALS)
        ]
        return [difference for count in counts for difference in count.rows()]

"""Codes that a voucher may get: of the batches that are handed out those that nobody has.

Each question asks for batches first, in their order, and then for the codes of one. A batch whose codes nobody gets may
have a million of them: to walk over those would take everybody's time. So would one look into each batch that a list
ever had, so whoever hands out finds only those that still have a free code (`FILLED`).
"""

from uuid import UUID

EVERYWHERE = UUID(int=0)  # stands for the location of codes that every till knows, in the index of the free ones
_EVERYWHERE = f"'{EVERYWHERE}'::uuid"
PLACE = f"coalesce(c.location_id, {_EVERYWHERE})"  # of a code `c`, as that index has it

# Of a batch `b`: whether the till knows its codes, and whether they are handed out.
IS_IN_TILL = "(b.kind = 'file' OR b.in_till IS NOT NULL)"
IS_HANDED_OUT = f"(b.revoked IS NULL AND {IS_IN_TILL})"
# The codes of batches `b` that nobody has. OFFSET 0 keeps PostgreSQL from asking for the codes of all batches first.
FREE_CODES = f"""
    code_batch b CROSS JOIN LATERAL (
        SELECT c.id FROM pool_code c
        WHERE (c.merchant_id, c.pool_id, c.batch_id) = (b.merchant_id, b.pool_id, b.id)
            AND {PLACE} = coalesce(b.location_id, {_EVERYWHERE}) AND c.given IS NULL AND c.revoked IS NULL OFFSET 0
    ) free
"""
# The batches `b` that are handed out and have a free code for this place, in their order: from each one look into the
# index leads to the next, and those behind the last one that somebody asks for are not looked for.
_NEXT = f"""
    SELECT c.batch_id FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.pool_id = %(pool)s
        AND {PLACE} = {{place}} AND c.given IS NULL AND c.revoked IS NULL
"""
FILLED = f"""
    (
        WITH RECURSIVE filled (id) AS (
            ({_NEXT} ORDER BY c.batch_id LIMIT 1)
            UNION ALL SELECT following.batch_id FROM filled CROSS JOIN LATERAL (
                {_NEXT} AND c.batch_id > filled.id ORDER BY c.batch_id LIMIT 1
            ) following
        ) SELECT id FROM filled
    ) filled CROSS JOIN LATERAL (
        SELECT b.id FROM code_batch b
        WHERE b.merchant_id = %(merchant)s AND b.id = filled.id AND {IS_HANDED_OUT} OFFSET 0
    ) b
"""


def free_of_place(columns: str, *, place: str, behind: str) -> str:
    """The free codes `c` of one place in the order of their batches, of each batch as far as `behind` says."""
    return f"""
        {FILLED.format(place=place)} CROSS JOIN LATERAL (
            SELECT {columns} FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.pool_id = %(pool)s
                AND {PLACE} = {place} AND c.batch_id = b.id AND c.given IS NULL AND c.revoked IS NULL {behind}
        ) free
    """

"""Codes that a voucher may get: of the batches that are handed out those that nobody has.

Each question asks the batches first, in their order, and then for the codes of one. A batch whose codes nobody gets may
have a million of them: to walk over those would take everybody's time.
"""

# Of a batch `b`: whether the till knows its codes, and whether they are handed out.
IS_IN_TILL = "(b.kind = 'file' OR b.in_till IS NOT NULL)"
IS_HANDED_OUT = f"(b.revoked IS NULL AND {IS_IN_TILL})"
# The codes of batches `b` that nobody has. OFFSET 0 keeps PostgreSQL from asking for the codes of all batches first.
FREE_CODES = """
    code_batch b CROSS JOIN LATERAL (
        SELECT c.id FROM pool_code c
        WHERE (c.merchant_id, c.batch_id) = (b.merchant_id, b.id) AND c.given IS NULL AND c.revoked IS NULL OFFSET 0
    ) free
"""

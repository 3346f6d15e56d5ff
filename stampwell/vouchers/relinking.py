"""New links and codes for the vouchers of a card that is recovered: the vouchers' half of that step."""

from uuid import UUID

from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.links import voucher_code, voucher_token

# Used ones too: the page of a used voucher leads to its card.
_LOCK = "SELECT id FROM voucher WHERE merchant_id = %s AND card_id = %s ORDER BY id FOR UPDATE"
_RELINK = """
    UPDATE voucher v SET issue = %(issue)s, code_hash = n.code, token_hash = n.token
    FROM unnest(%(ids)s::uuid[], %(codes)s::bytea[], %(tokens)s::bytea[]) AS n (id, code, token)
    WHERE v.merchant_id = %(merchant)s AND v.id = n.id
"""


def relink_vouchers(tx: Statements, card_id: UUID, *, issue: int) -> list[UUID]:
    """Every voucher of a card that the caller has locked; returns which they are."""
    vouchers = tx.values(UUID, _LOCK, (tx.merchant_id, card_id))
    facts = {
        "merchant": tx.merchant_id,
        "issue": issue,
        "ids": vouchers,
        "codes": [secret_hash(voucher_code(one, issue)) for one in vouchers],
        "tokens": [secret_hash(voucher_token(one, issue)) for one in vouchers],
    }
    tx.write(_RELINK, facts)
    return vouchers

"""The vouchers' half of moving a card: new links and codes where it is recovered, another card where two are merged."""

from uuid import UUID

import msgspec

from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.api_codes import new_api_codes
from stampwell.vouchers.links import voucher_code, voucher_token

# Used ones too: the page of a used voucher leads to its card.
_LOCK = "SELECT id, issue, api_code FROM voucher WHERE merchant_id = %s AND card_id = %s ORDER BY id FOR UPDATE"
_NEWEST_ISSUE = "SELECT max(greatest(issue, ~issue)) FROM voucher WHERE merchant_id = %s AND card_id = %s"
_RELINK = """
    UPDATE voucher v SET issue = %(issue)s, code_hash = n.code, token_hash = n.token, api_code = n.api_code
    FROM unnest(%(ids)s::uuid[], %(codes)s::bytea[], %(tokens)s::bytea[], %(api_codes)s::text[])
        AS n (id, code, token, api_code)
    WHERE v.merchant_id = %(merchant)s AND v.id = n.id
"""
_HOLD = "SELECT id FROM voucher WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE"
_HANG = "UPDATE voucher SET card_id = %s WHERE merchant_id = %s AND id = ANY(%s)"


class LinkedVoucher(msgspec.Struct, frozen=True):
    """`issue` is what its links were made of: its card's, or that of the card which it had before a merge."""

    id: UUID
    issue: int
    api_code: str | None = None


def newest_issue(tx: Statements, card_id: UUID) -> int:
    """Of the vouchers of a card that the caller has locked; links are never made of the same issue again."""
    return tx.value(int, _NEWEST_ISSUE, (tx.merchant_id, card_id)) or 0


def relink_vouchers(tx: Statements, card_id: UUID, *, issue: int) -> list[LinkedVoucher]:
    """Every voucher of a card that the caller has locked; returns them as they were."""
    before = tx.rows(LinkedVoucher, _LOCK, (tx.merchant_id, card_id))
    vouchers = [one.id for one in before]
    facts = {
        "merchant": tx.merchant_id,
        "issue": issue,
        "ids": vouchers,
        "codes": [secret_hash(voucher_code(one, issue)) for one in vouchers],
        "tokens": [secret_hash(voucher_token(one, issue)) for one in vouchers],
        "api_codes": _new_api_codes(tx, before),
    }
    tx.write(_RELINK, facts)
    return before


def _new_api_codes(tx: Statements, before: list[LinkedVoucher]) -> list[str | None]:
    """Whoever has seen the code of a lost phone could name it at the till, also that of a voucher that was used: it may
    be restored. Vouchers without one get none.
    """
    codes = iter(new_api_codes(tx, sum(voucher.api_code is not None for voucher in before)))
    return [next(codes) if voucher.api_code is not None else None for voucher in before]


def rehang_vouchers(tx: Statements, card_id: UUID, *, to: UUID) -> list[UUID]:
    """Every voucher of a card goes to another one, with the links that it has; the caller has locked both cards.

    Used ones too: what is given back later is for whoever holds the card that counts.
    """
    vouchers = [one.id for one in tx.rows(LinkedVoucher, _LOCK, (tx.merchant_id, card_id))]
    return hang_vouchers(tx, vouchers, to=to)


def hang_vouchers(tx: Statements, vouchers: list[UUID], *, to: UUID) -> list[UUID]:
    """These vouchers are the card's from now on."""
    tx.write(_HOLD, (tx.merchant_id, vouchers))
    tx.write(_HANG, (to, tx.merchant_id, vouchers))
    return vouchers

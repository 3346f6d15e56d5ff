"""What somebody looks for in the journal by words: the cards, vouchers and moments that the words name.

What is named exactly counts alone: a card by its number, also one that it had before it was recovered, a receipt, a
code, an id. Else the words are a customer's, and their cards are searched as in the list of cards; last, they may be
what staff call a voucher by. Each is found by an index, and a fixed number of them at most.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from stampwell.cards.searching import NUMBER_LENGTH, find_newest
from stampwell.ids import private_id
from stampwell.journal.wanted import Wanted
from stampwell.languages.typed import plain_code, plain_number
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.api_codes import read_api_code
from stampwell.vouchers.finding import vouchers_called

MOST = 50  # cards, or uses of a receipt


class Trail(msgspec.Struct, frozen=True):
    """What happened on a card; `voucher_id` says on which voucher of it alone, `at` at which moment alone."""

    card_id: UUID
    voucher_id: UUID | None
    at: datetime | None


class Sought(msgspec.Struct, frozen=True):
    """`cut` says of what there is more than was looked at."""

    trails: list[Trail]
    cut: Literal["", "cards", "receipts"] = ""


_NAMED = """
    SELECT id AS card_id, NULL::uuid AS voucher_id, NULL::timestamptz AS at FROM card
    WHERE merchant_id = %(merchant)s AND (id = %(card)s OR short_number = %(number)s OR code_hash = %(code)s)
    UNION SELECT c.id, NULL, NULL FROM program p
    JOIN card c ON c.merchant_id = %(merchant)s AND c.program_id = p.id AND c.external_id = %(words)s
    WHERE p.merchant_id = %(merchant)s
    UNION (
        SELECT id, NULL, NULL FROM card WHERE merchant_id = %(merchant)s AND customer_id = %(customer)s LIMIT %(limit)s
    )
    UNION SELECT card_id, id, NULL FROM voucher
    WHERE merchant_id = %(merchant)s AND (id = %(voucher)s OR code_hash = %(code)s OR api_code = %(api_code)s)
    UNION SELECT v.card_id, v.id, NULL FROM pool_code c
    JOIN voucher v ON v.merchant_id = %(merchant)s AND v.id = c.voucher_id
    WHERE c.merchant_id = %(merchant)s AND c.code = ANY(%(till_codes)s)
    UNION SELECT card_id, voucher_id, NULL FROM replaced_link
    WHERE merchant_id = %(merchant)s AND (short_number = %(number)s OR code_hash = %(code)s)
    LIMIT %(limit)s
"""
_WITH_RECEIPT = """(
        SELECT {columns} FROM {table}
        WHERE merchant_id = %(merchant)s AND receipt_id = %(words)s
          AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
          AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
        ORDER BY at DESC LIMIT %(limit)s
    ) UNION SELECT {columns} FROM {table} WHERE merchant_id = %(merchant)s AND id = %({table})s"""
# What was done with the receipt, and that it was taken back.
_USES = f"""
    WITH stamped AS (
        {_WITH_RECEIPT.format(table="stamp", columns="id, card_id, at")}
    ), redeemed AS (
        {_WITH_RECEIPT.format(table="redemption", columns="id, voucher_id, at")}
    ), used AS (
        SELECT r.id, v.card_id, r.voucher_id, r.at FROM redeemed r
        JOIN voucher v ON v.merchant_id = %(merchant)s AND v.id = r.voucher_id
    )
    SELECT card_id, NULL::uuid AS voucher_id, at FROM stamped
    UNION SELECT u.card_id, NULL, u.at FROM stamped s
    JOIN stamp u ON u.merchant_id = %(merchant)s AND u.reverses_id = s.id
    UNION SELECT card_id, voucher_id, at FROM used
    UNION SELECT u.card_id, u.voucher_id, b.at FROM used u
    JOIN reversal b ON b.merchant_id = %(merchant)s AND b.redemption_id = u.id
    ORDER BY at DESC
"""


def look_for(tx: Statements, wanted: Wanted) -> Sought:
    """By the words of `wanted`, which are not empty; receipts of its days alone."""
    facts = _facts(tx, wanted)
    named = tx.later(Trail, _NAMED, facts)
    uses = tx.rows(Trail, _USES, facts)
    if exact := [*named.rows(), *uses]:
        cards = {trail.card_id for trail in exact if not (trail.voucher_id or trail.at)}
        others = [trail for trail in exact if trail.card_id not in cards]
        whole = [Trail(card_id, None, None) for card_id in cards]
        return Sought(whole + others[:MOST], "receipts" if len(uses) > MOST else "")
    if found := find_newest(tx, wanted.words, after=None, limit=MOST + 1):
        return Sought([Trail(row.id, None, None) for row in found[:MOST]], "cards" if len(found) > MOST else "")
    called = vouchers_called(tx, plain_code(wanted.words), most=MOST)
    return Sought([Trail(voucher.card_id, voucher.id, None) for voucher in called])


def _facts(tx: Statements, wanted: Wanted) -> dict[str, Any]:
    """What the words may be; None is found nowhere."""
    typed, number = plain_code(wanted.words), plain_number(wanted.words)
    kinds = {"card": "crd", "customer": "cus", "voucher": "vch", "stamp": "stp", "redemption": "rdm"}
    return {
        "merchant": tx.merchant_id,
        "words": wanted.words,
        "number": number if len(number) == NUMBER_LENGTH else None,
        "code": secret_hash(typed.upper()),
        "api_code": read_api_code(wanted.words),
        "till_codes": [wanted.words, wanted.words.upper()],
        "since": wanted.since,
        "until": wanted.until,
        "limit": MOST + 1,
        **{name: private_id(kind, typed.lower()) for name, kind in kinds.items()},
    }

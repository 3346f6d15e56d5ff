"""Finding a card by what somebody holds: a link, a barcode, a number; or by its id.

`ask_…` asks in the packet of whatever is read next.
"""

from uuid import UUID

import msgspec

from stampwell.tokens import secret_hash
from stampwell.transactions import Later, Statements, ask_row, columns_of, merchant_reads


class CardRef(msgspec.Struct, frozen=True):
    """Which card, and what its links are made of."""

    id: UUID
    issue: int
    short_number: str
    last_step: int


_FIND = f"SELECT {columns_of(CardRef)} FROM card WHERE merchant_id = %s AND state <> 'erased' AND "
_BY_ID = _FIND + "id = %s"
_BY_TOKEN = _FIND + "token_hash = %s"
_BY_CODE = _FIND + "code_hash = %s"
_BY_SHORT_NUMBER = _FIND + "short_number = %s"
_REPLACED = """
    SELECT r.card_id, c.state FROM replaced_link r JOIN card c ON (c.merchant_id, c.id) = (r.merchant_id, r.card_id)
    WHERE r.merchant_id = %s AND (r.token_hash = %s OR r.code_hash = %s OR r.short_number = %s) LIMIT 1
"""


def card_by_token(merchant_id: UUID, token: str) -> CardRef | None:
    return ask_row(CardRef, _BY_TOKEN, (merchant_id, secret_hash(token)))


def ask_card(tx: Statements, card_id: UUID) -> Later[CardRef]:
    return tx.later(CardRef, _BY_ID, (tx.merchant_id, card_id))


def ask_card_by_token(tx: Statements, token: str) -> Later[CardRef]:
    return tx.later(CardRef, _BY_TOKEN, (tx.merchant_id, secret_hash(token)))


def ask_card_by_code(tx: Statements, code: str) -> Later[CardRef]:
    return tx.later(CardRef, _BY_CODE, (tx.merchant_id, secret_hash(code)))


class Replaced(msgspec.Struct, frozen=True):
    """`state` is that of the card now."""

    card_id: UUID
    state: str


def find_replaced(merchant_id: UUID, token: str) -> Replaced | None:
    """The card that this link opened, or whose voucher, until it was recovered or erased."""
    with merchant_reads(merchant_id) as tx:
        return ask_replaced(tx, token=token).row()


def ask_replaced(tx: Statements, *, token: str = "", code: str = "", short_number: str = "") -> Later[Replaced]:
    """The card that this link, code or number opened, or whose voucher, until it was recovered or erased."""
    return tx.later(Replaced, _REPLACED, (tx.merchant_id, secret_hash(token), secret_hash(code), short_number or None))


def ask_card_by_short_number(tx: Statements, number: str) -> Later[CardRef]:
    return tx.later(CardRef, _BY_SHORT_NUMBER, (tx.merchant_id, number))

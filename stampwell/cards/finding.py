"""Finding a card by what somebody holds: a link, a barcode, a number, an e-mail."""

from uuid import UUID

import msgspec

from stampwell.tokens import secret_hash
from stampwell.transactions import ask_row


class CardRef(msgspec.Struct, frozen=True):
    """Which card, and what its links are made of."""

    id: UUID
    issue: int
    short_number: str
    last_step: int


def card_by_token(merchant_id: UUID, token: str) -> CardRef | None:
    return _find(merchant_id, "token_hash = %s", secret_hash(token))


def card_by_code(merchant_id: UUID, code: str) -> CardRef | None:
    return _find(merchant_id, "code_hash = %s", secret_hash(code))


def card_by_short_number(merchant_id: UUID, number: str) -> CardRef | None:
    return _find(merchant_id, "short_number = %s", number)


def card_by_external_id(merchant_id: UUID, external_id: str) -> CardRef | None:
    return _find(merchant_id, "external_id = %s ORDER BY created LIMIT 1", external_id)


def _find(merchant_id: UUID, condition: str, value: str | bytes) -> CardRef | None:
    sql = "SELECT id, issue, short_number, last_step FROM card WHERE merchant_id = %s AND " + condition
    return ask_row(CardRef, sql, (merchant_id, value))

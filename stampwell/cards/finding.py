"""Finding a card by what somebody holds: a link, a barcode, a number, an e-mail."""

from uuid import UUID

import msgspec
from psycopg.rows import class_row

from stampwell.tokens import secret_hash
from stampwell.transactions import raw_connection


class CardRef(msgspec.Struct, frozen=True):
    """Which card, and what its links are made of."""

    id: UUID
    issue: int
    short_number: str
    last_step: int


def card_by_token(merchant_id: UUID, token: str) -> CardRef | None:
    return _find(merchant_id, b"token_hash = %s", secret_hash(token))


def card_by_code(merchant_id: UUID, code: str) -> CardRef | None:
    return _find(merchant_id, b"code_hash = %s", secret_hash(code))


def card_by_short_number(merchant_id: UUID, number: str) -> CardRef | None:
    return _find(merchant_id, b"short_number = %s", number)


def card_by_external_id(merchant_id: UUID, external_id: str) -> CardRef | None:
    return _find(merchant_id, b"external_id = %s ORDER BY created LIMIT 1", external_id)


def _find(merchant_id: UUID, condition: bytes, value: str | bytes) -> CardRef | None:
    sql = b"SELECT id, issue, short_number, last_step FROM card WHERE merchant_id = %s AND " + condition
    with raw_connection() as raw:
        return raw.cursor(row_factory=class_row(CardRef)).execute(sql, (merchant_id, value)).fetchone()

"""Whose card a line is about."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from stampwell.cards.numbers import group_digits
from stampwell.ids import public_id
from stampwell.transactions import Statements


class CardLabel(msgspec.Struct, frozen=True):
    """`name` is "" for somebody who gave none, or who was forgotten."""

    number: str
    name: str


class _CardRow(msgspec.Struct, frozen=True):
    id: UUID
    short_number: str
    name: str


_CARDS = """
    SELECT c.id, c.short_number, coalesce(u.name, '') AS name
    FROM card c LEFT JOIN customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
    WHERE c.merchant_id = %s AND c.id = ANY(%s)
"""


def label_cards(tx: Statements, card_ids: list[UUID]) -> dict[str, CardLabel]:
    """By the card's id as outsiders see it."""
    return ask_for_cards(tx, card_ids)()


def ask_for_cards(tx: Statements, card_ids: list[UUID]) -> Callable[[], dict[str, CardLabel]]:
    """Goes with the next question; what it gives reads the answer."""
    asked = tx.later(_CardRow, _CARDS, (tx.merchant_id, card_ids))
    return lambda: {
        public_id("crd", row.id): CardLabel(group_digits(row.short_number), row.name) for row in asked.rows()
    }

"""Erasing what is known of a customer: the customers' half. `cards/erasing.py` is the public step."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.customers.messages import forget_messages
from stampwell.customers.noting import forget_notes
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.customers.tagging import forget_tags
from stampwell.refusal import NotFound
from stampwell.transactions import Statements


class Person(msgspec.Struct, frozen=True):
    """`erased` is since when nothing is known of them, None while something may be; `merged_into` who they are now."""

    id: UUID
    erased: datetime | None
    merged_into: UUID | None


class ErasedEvent(msgspec.Struct, frozen=True):
    customer_id: str


# Not FOR UPDATE: a card may be given to the customer, or taken from them, by who has locked it and waits for nobody.
_HOLD = "SELECT id, erased, merged_into FROM customer WHERE merchant_id = %s AND id = %s FOR NO KEY UPDATE"
_HOLD_ALL = """
    SELECT id FROM customer WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
_BLANK = """
    UPDATE customer SET name = '', email = '', phone = '', birthday = NULL, search = %(search)s, folding = %(folding)s,
        erased = %(at)s, corrected = NULL
    WHERE merchant_id = %(merchant)s AND id = ANY(%(customers)s)
"""


def lock_person(tx: Statements, customer_id: UUID) -> Person:
    """Held until the transaction ends. Refuses: NotFound."""
    person = tx.row(Person, _HOLD, (tx.merchant_id, customer_id))
    if person is None:
        raise NotFound
    return person


def lock_people(tx: Statements, customers: list[UUID]) -> None:
    """Held until the transaction ends. The caller holds the shop's row, as whoever takes several customers does."""
    tx.values(UUID, _HOLD_ALL, (tx.merchant_id, customers))


def blank_people(tx: Statements, customers: list[UUID], *, at: datetime) -> None:
    """The rows stay, for the cards hang on them; whose they were is known to nobody any more."""
    facts = {
        "merchant": tx.merchant_id,
        "customers": customers,
        "at": at,
        "search": search_text(name="", email="", phone=""),
        "folding": FOLDING,
    }
    tx.write(_BLANK, facts)
    forget_tags(tx, customers)
    forget_notes(tx, customers)
    forget_messages(tx, customers)
    tx.write(
        "DELETE FROM erasure_warning WHERE merchant_id = %s AND customer_id = ANY(%s)", (tx.merchant_id, customers)
    )
    tx.write("DELETE FROM consent WHERE merchant_id = %s AND customer_id = ANY(%s)", (tx.merchant_id, customers))

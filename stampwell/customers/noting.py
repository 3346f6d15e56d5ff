"""Notes about a customer: what somebody of the shop wrote, and when. They stand here and in no event."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import new_id, now
from stampwell.customers.changing import lock_customer
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.models import Merchant
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Statements, columns_of, merchant_transaction

LONGEST_NOTE, MOST_NOTES = 500, 100


class NoteUnfit(Refusal):
    """Nothing was written, or too much."""

    code = "note_unfit"
    kind = Kind.INVALID
    title = _("This note cannot be saved")
    staff_text = _(
        "A note has at least one and at most %(longest)s letters, and there can be %(most)s notes about a customer."
    )
    customer_text = staff_text
    what_to_do = _("Write a few words, or remove older notes.")


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    customer_id: UUID
    staff_member_id: UUID
    text: str
    written: datetime


_NOTES = f"""
    SELECT {columns_of(NoteRow)} FROM customer_note
    WHERE merchant_id = %s AND customer_id = %s ORDER BY written DESC, id DESC
"""
_REMOVE = "DELETE FROM customer_note WHERE merchant_id = %s AND customer_id = %s AND id = %s RETURNING 1"


def add_note(merchant: Merchant, customer_id: UUID, typed: str, *, staff_member_id: UUID) -> None:
    """Refuses: NotFound, NoteUnfit."""
    text = clean_text(typed[:LONGEST_GIVEN])
    with merchant_transaction(merchant.id) as tx:
        lock_customer(tx, customer_id)
        if not 0 < len(text) <= LONGEST_NOTE or len(notes_about(tx, customer_id)) >= MOST_NOTES:
            raise NoteUnfit(longest=LONGEST_NOTE, most=MOST_NOTES)
        row = NoteRow(id=new_id(), customer_id=customer_id, staff_member_id=staff_member_id, text=text, written=now())
        tx.insert("customer_note", row)


def remove_note(merchant: Merchant, customer_id: UUID, note_id: UUID) -> None:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        if not tx.exists(_REMOVE, (tx.merchant_id, customer_id, note_id)):
            raise NotFound


def notes_about(tx: Statements, customer_id: UUID) -> list[NoteRow]:
    """The newest first. They may be more than can be written: those of two customers who were merged."""
    return tx.rows(NoteRow, _NOTES, (tx.merchant_id, customer_id))


def forget_notes(tx: Statements, customers: list[UUID]) -> None:
    tx.write("DELETE FROM customer_note WHERE merchant_id = %s AND customer_id = ANY(%s)", (tx.merchant_id, customers))

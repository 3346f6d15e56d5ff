"""Making two customers again of one that was merged: the customers' half. `cards/separating.py` is the public step."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.customers.changing import CustomerChange, CustomerEvent, lock_customer, write_customer
from stampwell.customers.describing import KnownCustomer, read_consent
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.merged_people import MergeRow
from stampwell.customers.tagging import part_tags
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.transactions import Statements, columns_of

_NOTHING: dict[str, Any] = {"name": "", "email": "", "phone": "", "birthday": None}
_SOURCE = "merge undone"


class _Word(msgspec.Struct, frozen=True):
    """What was said about messages."""

    id: UUID
    granted: bool
    wording: str
    locale: str


_HOLD_HIDDEN = f"""
    SELECT {columns_of(KnownCustomer)} FROM customer WHERE merchant_id = %s AND id = %s FOR NO KEY UPDATE
"""
_LAST_WORDS = f"""
    SELECT {columns_of(_Word)} FROM consent WHERE merchant_id = %s AND customer_id = %s AND purpose = 'marketing'
    ORDER BY at DESC, id DESC LIMIT 2
"""
_NOTES_BACK = "UPDATE customer_note SET customer_id = %s WHERE merchant_id = %s AND customer_id = %s AND id = ANY(%s)"
_SHOW = "UPDATE customer SET merged_into = NULL WHERE merchant_id = %s AND id = %s"
_UNDONE = "UPDATE customer_merge SET undone = %s WHERE merchant_id = %s AND id = %s"


def lock_merged(tx: Statements, merge: MergeRow) -> tuple[KnownCustomer, KnownCustomer]:
    """Both held until the transaction ends; the caller holds the shop's row. Refuses: NotFound, once erased."""
    kept = lock_customer(tx, merge.customer_id)
    other = tx.row(KnownCustomer, _HOLD_HIDDEN, (tx.merchant_id, merge.other_id))
    assert other is not None, "a customer's row stays"
    return kept, other


def separate_people(
    tx: Statements,
    merge: MergeRow,
    kept: KnownCustomer,
    other: KnownCustomer,
    *,
    told_on: UUID | None,
    at: datetime,
    actor: Actor,
) -> None:
    """What was taken over goes back, but for what somebody has changed since."""
    back = [name for name in merge.filled if getattr(kept, name) == getattr(other, name)]
    write_customer(tx, kept, CustomerChange(**{name: _NOTHING[name] for name in back}), seen="")
    part_tags(tx, kept.id, merge.tags)
    tx.write(_NOTES_BACK, (other.id, tx.merchant_id, kept.id, merge.notes))
    tx.write(_SHOW, (tx.merchant_id, other.id))
    tx.write(_UNDONE, (at, tx.merchant_id, merge.id))
    _part_words(tx, merge, kept, other, at=at, actor=actor)
    if back:
        data = CustomerEvent(public_id("cus", kept.id), back)
        record(tx, "customer.updated", data, at=at, actor=actor, card_id=told_on)


def _part_words(
    tx: Statements, merge: MergeRow, kept: KnownCustomer, other: KnownCustomer, *, at: datetime, actor: Actor
) -> None:
    """Where the merge ended the messages, what was said before holds again. A withdrawal since counts for both."""
    words = tx.rows(_Word, _LAST_WORDS, (tx.merchant_id, kept.id))
    if not words:
        return
    if words[0].id == merge.consent_id:
        _repeat(tx, kept.id, words[1], at=at, actor=actor)
        return
    theirs = read_consent(tx, other.id)
    if not words[0].granted and words[0].id > merge.id and theirs and theirs.granted:
        _repeat(tx, other.id, words[0], at=at, actor=actor)


def _repeat(tx: Statements, customer_id: UUID, word: _Word, *, at: datetime, actor: Actor) -> None:
    said = ConsentGiven(wording=word.wording, source=_SOURCE)
    add_consent(tx, customer_id, said, granted=word.granted, locale=word.locale, at=at, actor=actor)

"""Making one of two customers: the customers' half. `cards/merging.py` is the public step.

The kept customer's own data count. What they lack is taken from the other one, whose row stays for 30 days, hidden, so
that they can be two again.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stampwell.customers.changing import CustomerChange, CustomerEvent, lock_customer, write_customer
from stampwell.customers.describing import KnownCustomer, read_consent
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.merged_people import MergeRow
from stampwell.customers.tagging import TagRow, join_tags, tags_to_join
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.refusal import Refusal
from stampwell.transactions import Statements

FIELDS = ("name", "email", "phone", "birthday")
_NOTES = "SELECT id FROM customer_note WHERE merchant_id = %s AND customer_id = %s ORDER BY id"
_MOVE_NOTES = "UPDATE customer_note SET customer_id = %s WHERE merchant_id = %s AND id = ANY(%s)"
_HIDE = "UPDATE customer SET merged_into = %s WHERE merchant_id = %s AND id = %s"


class SameCustomer(Refusal):
    code = "same_customer"
    title = gettext_lazy("This is the same customer")
    staff_text = gettext_lazy("A customer cannot be merged with themselves.")
    customer_text = staff_text
    what_to_do = gettext_lazy("Choose another customer.")


class People(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of two customers. `filled` names the fields that the kept one gets from the other; `tags` are added,
    `tags_left_out` finds no room. `ends_messages` where the kept one wanted messages and the other one none.
    """

    kept: KnownCustomer
    other: KnownCustomer
    filled: list[str]
    tags: list[TagRow]
    tags_left_out: list[TagRow]
    notes: list[UUID]
    ends_messages: bool


def lock_two(tx: Statements, customer_id: UUID, other_id: UUID) -> tuple[KnownCustomer, KnownCustomer]:
    """Both held until the transaction ends. Refuses: NotFound, SameCustomer.

    The caller holds the shop's row: whoever takes two customers does, so the order in which they are taken is free.
    """
    kept = lock_customer(tx, customer_id)
    if customer_id == other_id:
        raise SameCustomer
    return kept, lock_customer(tx, other_id)


def look_at_people(tx: Statements, kept: KnownCustomer, other: KnownCustomer) -> People:
    mine, theirs = read_consent(tx, kept.id), read_consent(tx, other.id)
    tags, left_out = tags_to_join(tx, kept.id, other.id)
    return People(
        kept=kept,
        other=other,
        filled=[name for name in FIELDS if not getattr(kept, name) and getattr(other, name)],
        tags=tags,
        tags_left_out=left_out,
        notes=tx.values(UUID, _NOTES, (tx.merchant_id, other.id)),
        ends_messages=bool(mine and mine.granted and theirs and not theirs.granted),
    )


def merge_people(
    tx: Statements,
    people: People,
    merge_id: UUID,
    cards: list[UUID],
    *,
    told_on: UUID | None,
    at: datetime,
    actor: Actor,
) -> MergeRow:
    """The caller has locked both. `cards` are those that the kept one takes over. `told_on` is the card whose history
    tells it.
    """
    kept, other = people.kept, people.other
    change = CustomerChange(**{name: getattr(other, name) for name in people.filled})
    write_customer(tx, kept, change, seen="")
    join_tags(tx, kept.id, people.tags)
    tx.write(_MOVE_NOTES, (kept.id, tx.merchant_id, people.notes))
    tx.write(_HIDE, (kept.id, tx.merchant_id, other.id))
    row = MergeRow(
        id=merge_id,
        customer_id=kept.id,
        other_id=other.id,
        merged=at,
        undone=None,
        forgotten=None,
        filled=people.filled,
        tags=[tag.id for tag in people.tags],
        notes=people.notes,
        cards=cards,
        consent_id=_end_messages(tx, kept, at=at, actor=actor) if people.ends_messages else None,
    )
    tx.insert("customer_merge", row)
    if people.filled:
        data = CustomerEvent(public_id("cus", kept.id), people.filled)
        record(tx, "customer.updated", data, at=at, actor=actor, card_id=told_on)
    return row


def _end_messages(tx: Statements, kept: KnownCustomer, *, at: datetime, actor: Actor) -> UUID:
    """Of two answers of one person the stricter one counts; the ledger says where it came from."""
    with override(kept.locale):
        said = ConsentGiven(wording=_("The other one of two merged customers wanted no messages."), source="merge")
    return add_consent(tx, kept.id, said, granted=False, locale=kept.locale, at=at, actor=actor)

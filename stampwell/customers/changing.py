"""Correcting what is known of a customer: the customers' half. `cards/correcting.py` is the public step."""

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType

from stampwell.customers.describing import READ, KnownCustomer
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements


class CustomerChangedMeanwhile(Refusal):
    """Somebody else changed the customer after the form was opened."""

    code = "customer_changed_meanwhile"
    title = _("Somebody else changed this customer")
    staff_text = _("Somebody else has changed this customer since you opened the form. Nothing of yours was saved.")
    customer_text = staff_text
    what_to_do = _("What you typed is still in the form. If it is right, save it again.")


class CustomerChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is. The values are those of `contact`, which is what made them fit."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    birthday: date | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET


class CustomerEvent(msgspec.Struct, frozen=True):
    """`changed` names the fields that are not as they were; what stood there, and what stands there, is in no event."""

    customer_id: str
    changed: list[str]


_HOLD = f"{READ} FOR NO KEY UPDATE"
_WRITE = """
    UPDATE customer SET name = %(name)s, email = %(email)s, phone = %(phone)s, birthday = %(birthday)s,
        locale = %(locale)s, search = %(search)s, folding = %(folding)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_NOTE_CORRECTION = "UPDATE customer SET corrected = %s WHERE merchant_id = %s AND id = %s"


def state_of(customer: KnownCustomer) -> str:
    """Another one as soon as anything that a form shows is changed."""
    return sha256(msgspec.json.encode(customer)).hexdigest()[:32]


def lock_customer(tx: Statements, customer_id: UUID) -> KnownCustomer:
    """Held until the transaction ends. Refuses: NotFound."""
    customer = tx.row(KnownCustomer, _HOLD, (tx.merchant_id, customer_id))
    if customer is None:
        raise NotFound
    return customer


def write_customer(
    tx: Statements, before: KnownCustomer, change: CustomerChange, *, seen: str
) -> tuple[KnownCustomer, list[str]]:
    """The customer, whom the caller has locked, as they are from now on, and the fields that are not as they were.

    `seen` is the state in which they were seen, "" where the last word counts. Refuses: CustomerChangedMeanwhile.
    """
    wanted = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    changed = [name for name, value in wanted.items() if getattr(before, name) != value]
    after: KnownCustomer = msgspec.structs.replace(before, **wanted)
    if changed and seen not in ("", state_of(before)):
        raise CustomerChangedMeanwhile
    if changed:
        facts = {
            "merchant": tx.merchant_id,
            "search": search_text(name=after.name, email=after.email, phone=after.phone),
            "folding": FOLDING,
        }
        tx.write(_WRITE, msgspec.structs.asdict(after) | facts)
    return after, changed


def note_correction(tx: Statements, customer_id: UUID, *, at: datetime) -> None:
    """By the customer's own hand, also where they left everything as it was: somebody is there."""
    tx.write(_NOTE_CORRECTION, (at, tx.merchant_id, customer_id))

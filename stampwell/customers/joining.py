"""Taking in a customer: what the merchant asks for, and what the customer agrees to."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.transactions import Statements


class ContactDetails(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    email: str = ""
    phone: str = ""
    birthday: date | None = None


class ConsentGiven(msgspec.Struct, frozen=True, kw_only=True):
    """`wording` is the sentence that stood beside the box or on the button, in the language of whoever pressed it;
    `reason` what somebody of the shop noted, "" for nothing.
    """

    wording: str
    source: str
    reason: str = ""


# gc=False: thousands are made at once, and none can hold itself.
class CustomerRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: UUID
    name: str
    email: str
    phone: str
    birthday: date | None
    locale: str
    created: datetime
    search: str
    folding: int


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    customer_id: UUID
    purpose: str
    granted: bool
    wording: str
    locale: str
    source: str
    at: datetime
    staff_member_id: UUID | None
    reason: str


class ConsentEvent(msgspec.Struct, frozen=True):
    customer_id: str
    purpose: str
    granted: bool


def add_customer(
    tx: Statements,
    details: ContactDetails,
    *,
    locale: str,
    consent: ConsentGiven | None,
    at: datetime,
    actor: Actor,
) -> UUID:
    customer = CustomerRow(
        id=new_id(),
        name=details.name,
        email=details.email.lower(),
        phone=details.phone,
        birthday=details.birthday,
        locale=locale,
        created=at,
        search=search_text(name=details.name, email=details.email, phone=details.phone),
        folding=FOLDING,
    )
    tx.insert("customer", customer)
    if consent:
        add_consent(tx, customer.id, consent, granted=True, locale=locale, at=at, actor=actor)
    return customer.id


def add_consent(
    tx: Statements,
    customer_id: UUID,
    consent: ConsentGiven,
    *,
    granted: bool,
    locale: str,
    at: datetime,
    actor: Actor,
) -> UUID:
    """One more word about messages, with the very sentence that stood there, in which language, and where."""
    row = ConsentRow(
        id=new_id(),
        customer_id=customer_id,
        purpose="marketing",
        granted=granted,
        wording=consent.wording,
        locale=locale,
        source=consent.source,
        at=at,
        staff_member_id=actor.staff_member_id,
        reason=consent.reason,
    )
    tx.insert("consent", row)
    data = ConsentEvent(customer_id=public_id("cus", customer_id), purpose="marketing", granted=granted)
    record(tx, "consent.changed", data, at=at, actor=actor)
    return row.id

"""Taking in a customer: what the merchant asks for, and what the customer agrees to."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.customers.search_text import search_text
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
    """`wording` is the sentence that stood beside the box, in the customer's language."""

    wording: str
    source: str


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
    customer_id = new_id()
    tx.write(
        "INSERT INTO customer (merchant_id, id, name, email, phone, birthday, locale, created, search)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            tx.merchant_id,
            customer_id,
            details.name,
            details.email.lower(),
            details.phone,
            details.birthday,
            locale,
            at,
            search_text(name=details.name, email=details.email, phone=details.phone),
        ),
    )
    if consent:
        _add_consent(tx, customer_id, consent, at=at, actor=actor)
    return customer_id


def _add_consent(tx: Statements, customer_id: UUID, consent: ConsentGiven, *, at: datetime, actor: Actor) -> None:
    tx.write(
        "INSERT INTO consent (merchant_id, id, customer_id, purpose, granted, wording, source, at)"
        " VALUES (%s, %s, %s, 'marketing', true, %s, %s, %s)",
        (tx.merchant_id, new_id(), customer_id, consent.wording, consent.source, at),
    )
    data = ConsentEvent(public_id("cus", customer_id), "marketing", True)
    record(tx, "consent.changed", data, at=at, actor=actor)

"""A customer as the API and the desk show them. No event and no kept answer of a change holds any of it."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of


class KnownCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a customer."""

    id: UUID
    name: str
    email: str
    phone: str
    birthday: date | None
    locale: str
    created: datetime


class ConsentNow(msgspec.Struct, frozen=True):
    """The newest word about messages, and since when it holds."""

    granted: bool
    at: datetime


class CustomerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`wants_messages` tells what the customer said last; false where they were never asked."""

    id: str
    name: str
    email: str
    phone: str
    birthday: date | None
    locale: str
    wants_messages: bool
    created_at: datetime


READ = f"""
    SELECT {columns_of(KnownCustomer)} FROM customer
    WHERE merchant_id = %s AND id = %s AND erased IS NULL AND merged_into IS NULL
"""
_CONSENT = """
    SELECT granted, at FROM consent WHERE merchant_id = %s AND customer_id = %s AND purpose = 'marketing'
    ORDER BY at DESC, id DESC LIMIT 1
"""


def read_customer(tx: Statements, customer_id: UUID) -> KnownCustomer:
    """Refuses: NotFound."""
    customer = tx.row(KnownCustomer, READ, (tx.merchant_id, customer_id))
    if customer is None:
        raise NotFound
    return customer


def read_consent(tx: Statements, customer_id: UUID) -> ConsentNow | None:
    return tx.row(ConsentNow, _CONSENT, (tx.merchant_id, customer_id))


def describe_customer(customer: KnownCustomer, consent: ConsentNow | None) -> CustomerFacts:
    return CustomerFacts(
        id=public_id("cus", customer.id),
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        birthday=customer.birthday,
        locale=customer.locale,
        wants_messages=bool(consent and consent.granted),
        created_at=customer.created,
    )

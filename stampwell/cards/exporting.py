"""All that is known of a customer, for the customer: what they gave, what they agreed to, and what they collected."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_card, describe_stamp
from stampwell.cards.rows import COLUMNS, CardRow, StampRow
from stampwell.clock import now
from stampwell.customers.describing import (
    CustomerFacts,
    KnownCustomer,
    describe_customer,
    read_consent,
    read_customer,
)
from stampwell.customers.merged_people import all_that_they_were
from stampwell.customers.messages import all_messages
from stampwell.customers.noting import notes_about
from stampwell.customers.tagging import tags_of
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, columns_of, merchant_transaction
from stampwell.vouchers.describing import RedemptionFacts, VoucherFacts, describe_redemption, describe_voucher
from stampwell.vouchers.rows import COLUMNS as VOUCHER_COLUMNS
from stampwell.vouchers.rows import RedemptionRow, VoucherRow


class GivenConsent(msgspec.Struct, frozen=True):
    """What was agreed to or withdrawn, the very words that stood there, and what the shop noted as the reason."""

    purpose: str
    granted: bool
    wording: str
    locale: str
    source: str
    reason: str
    at: datetime


class MergedCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of somebody whom the shop merged with the customer; "" once it was forgotten."""

    id: str
    name: str
    email: str
    phone: str
    birthday: date | None


class WrittenNote(msgspec.Struct, frozen=True):
    """What the shop noted about the customer."""

    text: str
    at: datetime


class WrittenMessage(msgspec.Struct, frozen=True):
    """That something was written to the customer: what for, by which channel, and what became of it."""

    kind: str
    channel: str
    outcome: str
    at: datetime


class PastEvent(msgspec.Struct, frozen=True):
    """As it was written down."""

    type: str
    happened_at: datetime
    data: dict[str, Any]


class CardExport(msgspec.Struct, frozen=True, kw_only=True):
    """A card with everything that happened on it, the oldest first."""

    card: CardFacts
    stamps: list[StampFacts]
    vouchers: list[VoucherFacts]
    redemptions: list[RedemptionFacts]
    events: list[PastEvent]


class CustomerExport(msgspec.Struct, frozen=True, kw_only=True):
    exported_at: datetime
    shop: str
    customer: CustomerFacts
    merged_customers: list[MergedCustomer]
    consents: list[GivenConsent]
    messages: list[WrittenMessage]
    tags: list[str]
    notes: list[WrittenNote]
    cards: list[CardExport]


_CONSENTS = (
    f"SELECT {columns_of(GivenConsent)} FROM consent WHERE merchant_id = %s AND customer_id = ANY(%s) ORDER BY at, id"
)
_MERGED = f"SELECT {columns_of(KnownCustomer)} FROM customer WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id"
_CARDS = f"SELECT {COLUMNS} FROM card c WHERE c.merchant_id = %s AND c.customer_id = %s ORDER BY c.id"
_OF_CARD = "WHERE merchant_id = %s AND card_id = %s"
_STAMPS = f"SELECT {columns_of(StampRow)} FROM stamp {_OF_CARD} ORDER BY at, id"
_VOUCHERS = f"SELECT {VOUCHER_COLUMNS} FROM voucher {_OF_CARD} ORDER BY issued, id"
_EVENTS = f"SELECT {columns_of(EventRow)} FROM event {_OF_CARD} ORDER BY at, id"
_REDEMPTIONS = f"""
    SELECT {columns_of(RedemptionRow, "r")} FROM voucher v
    JOIN redemption r ON (r.merchant_id, r.voucher_id) = (v.merchant_id, v.id)
    WHERE v.merchant_id = %s AND v.card_id = %s ORDER BY r.at, r.id
"""


def export_customer(merchant: Merchant, customer_id: UUID) -> CustomerExport:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        at, of_person = now(), (tx.merchant_id, customer_id)
        known, people = read_customer(tx, customer_id), all_that_they_were(tx, [customer_id])
        of_others = (tx.merchant_id, people[1:])
        return CustomerExport(
            exported_at=at,
            shop=merchant.name,
            customer=describe_customer(known, read_consent(tx, customer_id)),
            merged_customers=[_describe_merged(one) for one in tx.rows(KnownCustomer, _MERGED, of_others)],
            consents=tx.rows(GivenConsent, _CONSENTS, (tx.merchant_id, people)),
            messages=[WrittenMessage(one.kind, one.channel, one.outcome, one.at) for one in all_messages(tx, people)],
            tags=[tag.name for tag in tags_of(tx, customer_id)],
            notes=[WrittenNote(note.text, note.written) for note in notes_about(tx, customer_id)],
            cards=[_export(tx, card, at=at) for card in tx.rows(CardRow, _CARDS, of_person)],
        )


def _describe_merged(known: KnownCustomer) -> MergedCustomer:
    return MergedCustomer(
        id=public_id("cus", known.id), name=known.name, email=known.email, phone=known.phone, birthday=known.birthday
    )


def _export(tx: Statements, card: CardRow, *, at: datetime) -> CardExport:
    of_card = (tx.merchant_id, card.id)
    stamps, vouchers = tx.later(StampRow, _STAMPS, of_card), tx.later(VoucherRow, _VOUCHERS, of_card)
    redemptions, events = tx.later(RedemptionRow, _REDEMPTIONS, of_card), tx.later(EventRow, _EVENTS, of_card)
    return CardExport(
        card=describe_card(tx, card, vouchers.rows(), at=at),
        stamps=[describe_stamp(stamp) for stamp in stamps.rows()],
        vouchers=[describe_voucher(tx, voucher, at=at) for voucher in vouchers.rows()],
        redemptions=[describe_redemption(redemption) for redemption in redemptions.rows()],
        events=[PastEvent(event.type, event.at, event.facts) for event in events.rows()],
    )

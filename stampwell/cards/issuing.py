"""Giving a customer a card."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.links import card_code, card_token
from stampwell.cards.merged_cards import which_card_counts
from stampwell.cards.numbers import new_short_number
from stampwell.cards.rows import CardRow, read_card
from stampwell.cards.stamping import welcome
from stampwell.clock import new_id, now
from stampwell.customers.joining import ConsentGiven, ContactDetails, add_customer
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.merchants.locations import why_closed_there
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.rows import VoucherRow, still_open


class CardEvent(msgspec.Struct, frozen=True):
    card: CardFacts


class Issued(msgspec.Struct, frozen=True):
    """`vouchers` are the card's open ones: unless it is new, it was given before."""

    is_new: bool
    card: CardRow
    vouchers: list[VoucherRow]
    facts: CardFacts


def issue_card(
    merchant: Merchant,
    terms: Terms,
    *,
    locale: str,
    actor: Actor,
    details: ContactDetails | None = None,
    consent: ConsentGiven | None = None,
    external_id: str | None = None,
) -> Issued:
    """A new card under the program's present terms, with its welcome stamps.

    The same `external_id` gives the same card again.

    Refuses: LocationClosed, for a new one.
    """
    at = now()
    with merchant_transaction(merchant.id) as tx:
        if external_id and (existing := _card_of(tx, terms.program_id, external_id)):
            return existing
        if refusal := why_closed_there(merchant, actor.location_id):
            raise refusal
        customer_id = add_customer(tx, details or ContactDetails(), locale=locale, consent=consent, at=at, actor=actor)
        card = new_card(terms, customer_id, locale=locale, external_id=external_id, at=at)
        while not _insert(tx, card):
            # Somebody took the short number, or was faster with the same external id.
            if external_id and (existing := _card_of(tx, terms.program_id, external_id)):
                _forget(tx, customer_id)
                return existing
            card = msgspec.structs.replace(card, short_number=new_short_number())
        facts = describe_card(tx, card, [], at=at)
        record(tx, "card.issued", CardEvent(facts), at=at, actor=actor, card_id=card.id)
        if not terms.welcome_stamps:
            return Issued(is_new=True, card=card, vouchers=[], facts=facts)
        stamped = welcome(tx, merchant, card, terms, at=at, actor=actor)
        facts = describe_card(tx, stamped.card, stamped.vouchers, at=at)
        return Issued(is_new=True, card=stamped.card, vouchers=stamped.vouchers, facts=facts)


def _card_of(tx: Statements, program_id: UUID, external_id: str) -> Issued | None:
    card_id = tx.value(
        UUID,
        "SELECT id FROM card WHERE merchant_id = %s AND program_id = %s AND external_id = %s",
        (tx.merchant_id, program_id, external_id),
    )
    if card_id is None:
        return None
    card, vouchers = read_card(tx, which_card_counts(tx, card_id))
    at = now()
    facts = describe_card(tx, card, vouchers, at=at)
    return Issued(is_new=False, card=card, vouchers=still_open(vouchers, at), facts=facts)


def _forget(tx: Statements, customer_id: UUID) -> None:
    tx.write("DELETE FROM consent WHERE merchant_id = %s AND customer_id = %s", (tx.merchant_id, customer_id))
    tx.write("DELETE FROM customer WHERE merchant_id = %s AND id = %s", (tx.merchant_id, customer_id))


def new_card(terms: Terms, customer_id: UUID, *, locale: str, external_id: str | None, at: datetime) -> CardRow:
    """Before anything was collected on it. Writes nothing."""
    return CardRow(
        id=new_id(),
        program_id=terms.program_id,
        version_id=terms.version_id,
        customer_id=customer_id,
        external_id=external_id,
        locale=locale,
        short_number=new_short_number(),
        issue=0,
        state="active",
        round=1,
        stamps=0,
        goal=terms.goal,
        remainder=0,
        stamped_day=None,
        stamps_that_day=0,
        last_stamp=None,
        last_step=0,
        revision=1,
        created=at,
    )


def _insert(tx: Statements, card: CardRow) -> bool:
    return tx.insert_new(
        "card",
        card,
        code_hash=secret_hash(card_code(card.id, card.issue)),
        token_hash=secret_hash(card_token(card.id, card.issue)),
        changed=card.created,
    )

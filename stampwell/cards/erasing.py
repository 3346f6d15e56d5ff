"""Erasing a customer: what they collected and used stays in the sums, and nobody can tell any more who it was.

What goes and what stays: docs/developing/why/erasing.md
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import describe_card
from stampwell.cards.forgetting import FORGET_ERASED
from stampwell.cards.issuing import CardEvent
from stampwell.cards.merged_cards import cards_they_went_into
from stampwell.cards.own_cards import forget_own_cards
from stampwell.cards.personal_facts import take_out_person, take_out_traces
from stampwell.cards.recovering_by_mail import forget_links_of
from stampwell.cards.relinking import relink_card
from stampwell.cards.rows import CardRow, lock_card, open_vouchers
from stampwell.clock import now
from stampwell.customers.erasing import ErasedEvent, blank_people, lock_person
from stampwell.customers.merged_people import all_that_they_were
from stampwell.events.actors import Actor
from stampwell.events.forgetting import forget_in_events
from stampwell.events.recording import event_of, record
from stampwell.ids import public_id
from stampwell.jobs.asking import ask_unless_waiting
from stampwell.mail.queue import forget_mail
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.issuing import void_voucher
from stampwell.vouchers.rows import held_by_nobody, state_at


class Erased(msgspec.Struct, frozen=True):
    """`cards` counts those that were the customer's."""

    customer_id: UUID
    at: datetime
    cards: int


_CARDS = "SELECT id FROM card WHERE merchant_id = %s AND customer_id = %s ORDER BY id"
_NAMES = "SELECT external_id FROM card WHERE merchant_id = %s AND id = ANY(%s) AND external_id IS NOT NULL"
_VOUCHERS = "SELECT id FROM voucher WHERE merchant_id = %s AND card_id = ANY(%s)"
_END = """
    UPDATE card SET state = 'erased', external_id = NULL, revision = %(revision)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_FORGET_REASONS = (
    "UPDATE stamp SET reason = '' WHERE merchant_id = %(merchant)s AND card_id = ANY(%(cards)s) AND reason <> ''",
    """
    UPDATE reversal r SET reason = '' FROM redemption d, voucher v
    WHERE r.merchant_id = %(merchant)s AND d.merchant_id = %(merchant)s AND d.id = r.redemption_id
        AND v.merchant_id = %(merchant)s AND v.id = d.voucher_id AND v.card_id = ANY(%(cards)s) AND r.reason <> ''
    """,
)


def erase_customer(merchant: Merchant, customer_id: UUID, *, actor: Actor) -> Erased:
    """Erased once more, a customer stays as they are. Whoever was merged into them goes too. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)  # nobody is merged meanwhile
        person = lock_person(tx, customer_id)
        if person.merged_into:
            raise NotFound
        cards, at = tx.values(UUID, _CARDS, (tx.merchant_id, customer_id)), now()
        if person.erased:
            return Erased(customer_id, person.erased, len(cards))
        erase_held(tx, customer_id, cards, at=at, actor=actor)
        return Erased(customer_id, at, len(cards))


def erase_held(tx: Statements, customer_id: UUID, cards: list[UUID], *, at: datetime, actor: Actor) -> None:
    """The caller holds the shop's row and the customer, of whom these are all cards."""
    people = forget_people(tx, [customer_id], at=at, actor=actor)
    names = frozenset(tx.values(str, _NAMES, (tx.merchant_id, cards)))
    # All of them before the first is ended: whoever draws holds a card, and then all draws of its program.
    for card in [lock_card(tx, card_id)[0] for card_id in cards]:
        _end_card(tx, card, at=at, actor=actor)
    for forget in _FORGET_REASONS:
        tx.write(forget, {"merchant": tx.merchant_id, "cards": cards})
    forget_own_cards(tx, cards)
    forget_mail([*people, *cards])
    ids = frozenset([*(public_id("cus", one) for one in people), *(public_id("crd", card) for card in cards)])
    forget_in_events(tx, cards, lambda facts: take_out_person(facts, ids))
    _forget_traces(tx, cards, names)
    ask_unless_waiting(tx, FORGET_ERASED, asker=actor)


def forget_people(tx: Statements, customers: list[UUID], *, at: datetime, actor: Actor) -> list[UUID]:
    """Says all that these people were; the mail about them and their cards the caller forgets, who holds the shop's
    row and theirs.
    """
    people = all_that_they_were(tx, customers)
    forget_links_of(tx, people)  # while their addresses are still known
    blank_people(tx, people, at=at)
    told = [ErasedEvent(public_id("cus", customer_id)) for customer_id in customers]
    tx.copy("event", [event_of("customer.erased", one, at=at, actor=actor) for one in told])
    return people


def _forget_traces(tx: Statements, cards: list[UUID], names: frozenset[str]) -> None:
    """On cards of others, with which theirs were merged until that was undone. What is written there since names them
    no more.
    """
    if not (others := cards_they_went_into(tx, cards)):
        return
    vouchers = frozenset(public_id("vch", one) for one in tx.values(UUID, _VOUCHERS, (tx.merchant_id, cards)))
    forget_in_events(tx, others, lambda facts: take_out_traces(facts, names, vouchers))


def _end_card(tx: Statements, card: CardRow, *, at: datetime, actor: Actor) -> None:
    """It gets links that nobody has, so that whatever opened it says that it was deleted."""
    moved = relink_card(tx, card, at=at)
    ended = msgspec.structs.replace(moved, state="erased", external_id=None, revision=moved.revision + 1)
    tx.write(_END, {"merchant": tx.merchant_id, "id": card.id, "revision": ended.revision})
    for voucher in open_vouchers(tx, card.id).rows():
        # One whose code the till is reading at this moment is used; one that a till holds would be ready again.
        if state_at(free := held_by_nobody(voucher), at) in ("pending", "ready"):
            void_voucher(tx, free, at=at, actor=actor)
    facts = describe_card(tx, ended, [], at=at)
    record(tx, "card.voided", CardEvent(facts), at=at, actor=actor, card_id=card.id)

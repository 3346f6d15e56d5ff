"""Making one of two customers: what the other one has goes to the kept one, and of two cards of a program one is left.

Nothing that was earned or used is changed. The stamps of the present round are carried over by two more rows, and what
they reach there becomes ready by the rules of earning. `separating.py` makes two of them again.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.carrying import Carried, carry_over, look_at_pair
from stampwell.cards.merged_cards import CustomersMerged, MergedCardFacts, MergeFacts, describe_merge
from stampwell.cards.rows import CardRow, lock_card, read_card
from stampwell.clock import new_id, now
from stampwell.customers.describing import read_customer
from stampwell.customers.merged_people import MergeRow
from stampwell.customers.merging import People, SameCustomer, lock_two, look_at_people, merge_people
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed as note_change
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.rows import VoucherRow


class MergeChangedMeanwhile(Refusal):
    """What was shown before is not what would happen now."""

    code = "merge_changed_meanwhile"
    title = _("Something has changed")
    staff_text = _("These customers or their cards have changed since you looked. Nothing was merged.")
    customer_text = staff_text
    what_to_do = _("Check the current details again.")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What merging would do: `pairs` of cards become one each, `taken` go to the kept customer as they are."""

    people: People
    pairs: list[Carried]
    taken: list[CardRow]

    @property
    def seen(self) -> str:
        """Another one as soon as anything that is shown of it is changed."""
        cards = [(pair.into.id, pair.into.revision, pair.card.id, pair.card.revision) for pair in self.pairs]
        facts = (self.people, cards, [(card.id, card.revision) for card in self.taken])
        return sha256(msgspec.json.encode(facts)).hexdigest()[:32]

    @property
    def rewards(self) -> int:
        """How many become ready."""
        return sum(len(pair.progress.reached) for pair in self.pairs)


class Merged(msgspec.Struct, frozen=True):
    merge: MergeRow
    facts: MergeFacts


class HeldCards(msgspec.Struct, frozen=True):
    """The cards of both, by their ids, and their open vouchers."""

    cards: list[CardRow]
    vouchers: dict[UUID, list[VoucherRow]]


_CARDS = "SELECT id FROM card WHERE merchant_id = %s AND customer_id = ANY(%s) ORDER BY id"
_TAKE = "UPDATE card SET customer_id = %s, revision = revision + 1 WHERE merchant_id = %s AND id = ANY(%s)"


def look_at_merge(merchant: Merchant, customer_id: UUID, other_id: UUID) -> Outcome:
    """Changes nothing. Refuses: NotFound, SameCustomer."""
    with merchant_transaction(merchant.id) as tx:
        kept = read_customer(tx, customer_id)
        if customer_id == other_id:
            raise SameCustomer
        people = look_at_people(tx, kept, read_customer(tx, other_id))
        return _look(tx, merchant, people, _cards_of(tx, people, lock=False), at=now())


def merge_customers(merchant: Merchant, customer_id: UUID, other_id: UUID, *, actor: Actor, seen: str = "") -> Merged:
    """The other customer goes into this one. `seen` is that of the outcome which was shown before; "" where none was.

    Refuses: NotFound, SameCustomer, MergeChangedMeanwhile.
    """
    with merchant_transaction(merchant.id) as tx:
        merchant = lock_merchant(tx)
        people = look_at_people(tx, *lock_two(tx, customer_id, other_id))
        held = _cards_of(tx, people, lock=True)
        at = now()
        outcome = _look(tx, merchant, people, held, at=at)
        if seen not in ("", outcome.seen):
            raise MergeChangedMeanwhile
        return _merge(tx, merchant, outcome, held, at=at, actor=actor)


def _cards_of(tx: Statements, people: People, *, lock: bool) -> HeldCards:
    ids = tx.values(UUID, _CARDS, (tx.merchant_id, [people.kept.id, people.other.id]))
    read = lock_card if lock else read_card
    rows = [read(tx, card_id) for card_id in ids]
    return HeldCards([card for card, _open in rows], {card.id: vouchers for card, vouchers in rows})


def _look(tx: Statements, merchant: Merchant, people: People, held: HeldCards, *, at: datetime) -> Outcome:
    active = [card for card in held.cards if card.state == "active"]
    kept: dict[UUID, CardRow] = {}
    for card in active:
        if card.customer_id == people.kept.id:
            kept.setdefault(card.program_id, card)
    pairs: list[Carried] = []
    for card in active:
        if card.customer_id == people.other.id and (into := kept.get(card.program_id)):
            pairs.append(look_at_pair(tx, merchant, into, card, at=at))
            kept[card.program_id] = pairs[-1].after
    gone = {pair.card.id for pair in pairs}
    taken = [card for card in active if card.customer_id == people.other.id and card.id not in gone]
    return Outcome(people=people, pairs=pairs, taken=taken)


def _merge(
    tx: Statements, merchant: Merchant, outcome: Outcome, held: HeldCards, *, at: datetime, actor: Actor
) -> Merged:
    people, merge_id = outcome.people, new_id()
    theirs = [card.id for card in held.cards if card.customer_id == people.other.id]
    tx.write(_TAKE, (people.kept.id, tx.merchant_id, theirs))
    told_on = max((card.id for card in held.cards if card.state == "active"), default=None)
    if outcome.pairs:
        told_on = outcome.pairs[-1].into.id
    merge = merge_people(tx, people, merge_id, theirs, told_on=told_on, at=at, actor=actor)
    open_ones = dict(held.vouchers)
    for pair in outcome.pairs:
        both = [*open_ones[pair.into.id], *open_ones[pair.card.id]]
        open_ones[pair.into.id] = carry_over(tx, merchant, merge, pair, both, at=at, actor=actor)
    merged = [
        MergedCardFacts(public_id("crd", pair.card.id), public_id("crd", pair.into.id), pair.card.stamps)
        for pair in outcome.pairs
    ]
    facts = describe_merge(merge, merged)
    record(tx, "customer.merged", CustomersMerged(facts), at=at, actor=actor, card_id=told_on)
    note_change(tx, "customer.merged", by=actor, subject_id=people.kept.id)
    return Merged(merge, facts)

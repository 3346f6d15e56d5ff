"""Cards of people who work in the shop. Staff may collect like everybody else; what looks odd knows whose card it is.

A manager names them at the desk, and whoever works at a scanner names their own. What goes with the card stays so: a
card that is recovered is the same one, and where it was merged into another, that one is the person's own as well.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.refusals import link_ended
from stampwell.cards.rows import lock_card
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, columns_of, merchant_transaction

MOST_OWN_CARDS = 10  # of one person: shops have few programs


class OwnCardOfAnother(Refusal):
    code = "own_card_of_another"
    title = _("Already somebody else’s own card")
    staff_text = _("This card is already known as the own card of somebody else in the team.")
    customer_text = _("This card is already known as the card of somebody who works here.")
    what_to_do = _(
        "Check the number. If it is right, a manager can remove the card at the desk, on the page of that person."
    )
    what_manager_can_do = _("Check the number. If it is right, remove the card on the page of that person first.")


class TooManyOwnCards(Refusal):
    """Facts: most."""

    code = "too_many_own_cards"
    title = _("No more of this person’s cards can be added")
    staff_text = _("One person can have at most %(most)s own cards.")
    customer_text = staff_text
    what_to_do = _("A manager can remove one of them at the desk, on your page.")
    what_manager_can_do = _("Remove one of them on this person’s page first.")


class OwnCardRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    staff_member_id: UUID
    card_id: UUID
    named_by: UUID
    since: datetime


class _Went(msgspec.Struct, frozen=True):
    card_id: UUID
    into_id: UUID


_OWN = f"SELECT {columns_of(OwnCardRow)} FROM own_card WHERE merchant_id = %s"
_OF_CARD = f"{_OWN} AND card_id = %s"
_OF_PERSON = f"{_OWN} AND staff_member_id = %s ORDER BY since, id"
_STILL_HERE = 'SELECT name FROM staff_member WHERE merchant_id = %s AND id = %s AND "left" IS NULL FOR SHARE'
_WENT = """
    SELECT DISTINCT ON (m.card_id) m.card_id, m.into_id FROM merged_card m
    JOIN card c ON (c.merchant_id, c.id) = (m.merchant_id, m.card_id)
    WHERE m.merchant_id = %s AND m.card_id = ANY(%s) AND c.state = 'void' ORDER BY m.card_id, m.id DESC
"""
_REMOVE = "DELETE FROM own_card WHERE merchant_id = %s AND staff_member_id = %s AND card_id = %s RETURNING 1"


def name_own_card(merchant: Merchant, member_id: UUID, card_id: UUID, *, actor: Actor) -> None:
    """Named twice, it is named once. Refuses: NotFound, CardVoid, OwnCardOfAnother, TooManyOwnCards."""
    assert actor.staff_member_id is not None, "somebody of the shop says whose card it is"
    with merchant_transaction(merchant.id) as tx:
        name, at = _hold_person(tx, member_id), now()
        card, _vouchers = lock_card(tx, card_id)
        if card.state != "active":
            raise link_ended(card.state)
        if before := tx.row(OwnCardRow, _OF_CARD, (tx.merchant_id, card_id)):
            if before.staff_member_id != member_id:
                raise OwnCardOfAnother
            return
        if len(own_cards_of(tx, member_id)) >= MOST_OWN_CARDS:
            raise TooManyOwnCards(most=MOST_OWN_CARDS)
        row = OwnCardRow(
            id=new_id(), staff_member_id=member_id, card_id=card_id, named_by=actor.staff_member_id, since=at
        )
        tx.insert("own_card", row)
        changed(tx, "person.card_named", by=actor, name=name, subject_id=member_id)


def take_off_own_card(merchant: Merchant, member_id: UUID, card_id: UUID, *, actor: Actor) -> None:
    """Refuses: NotFound where it is not theirs."""
    with merchant_transaction(merchant.id) as tx:
        name = _hold_person(tx, member_id)
        if not tx.exists(_REMOVE, (tx.merchant_id, member_id, card_id)):
            raise NotFound
        changed(tx, "person.card_taken_off", by=actor, name=name, subject_id=member_id)


def own_cards_of(tx: Statements, member_id: UUID) -> list[OwnCardRow]:
    """Those that were named, the first one first."""
    return tx.rows(OwnCardRow, _OF_PERSON, (tx.merchant_id, member_id))


def all_own_cards(tx: Statements) -> set[tuple[UUID, UUID]]:
    """Whose is which card, of everybody; with a card that was merged also the one that it went into."""
    rows = tx.rows(OwnCardRow, _OWN, (tx.merchant_id,))
    ways = follow_merges(tx, [row.card_id for row in rows])
    return {(row.staff_member_id, card_id) for row in rows for card_id in ways[row.card_id]}


def follow_merges(tx: Statements, cards: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Of each card itself, and the cards that it went into one after the other: the last one is where it counts."""
    ways = {card_id: [card_id] for card_id in cards}
    while ways:
        last = sorted({way[-1] for way in ways.values()})
        went = {row.card_id: row.into_id for row in tx.rows(_Went, _WENT, (tx.merchant_id, last))}
        if not went:
            break
        ways = {card_id: [*way, went[way[-1]]] if way[-1] in went else way for card_id, way in ways.items()}
    return ways


def forget_own_cards(tx: Statements, cards: list[UUID]) -> None:
    """Of customers who are erased."""
    tx.write("DELETE FROM own_card WHERE merchant_id = %s AND card_id = ANY(%s)", (tx.merchant_id, cards))


def forget_own_cards_of(tx: Statements, member_id: UUID) -> None:
    """Of somebody who leaves the team: from then on they are a customer like any other."""
    tx.write("DELETE FROM own_card WHERE merchant_id = %s AND staff_member_id = %s", (tx.merchant_id, member_id))


def _hold_person(tx: Statements, member_id: UUID) -> str:
    """Whoever is leaving at this moment has no own card after that. Refuses: NotFound."""
    name = tx.value(str, _STILL_HERE, (tx.merchant_id, member_id))
    if name is None:
        raise NotFound
    return name

"""What became of cards whose customers were merged: which card went into which, and how that is told."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts
from stampwell.customers.merged_people import CAN_BE_UNDONE, MergeRow
from stampwell.ids import public_id
from stampwell.transactions import Statements, columns_of


class MergedCardRow(msgspec.Struct, frozen=True, kw_only=True):
    """`MergedCard` tells what the fields mean."""

    id: UUID
    merge_id: UUID
    card_id: UUID
    into_id: UUID
    departure_id: UUID | None
    arrival_id: UUID | None
    vouchers: list[UUID]
    external_id_moved: bool


class MergedCardFacts(msgspec.Struct, frozen=True):
    """`stamps` are those that went over; the card itself can be used no more."""

    card_id: str
    into_card_id: str
    stamps: int


class MergeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`card_ids` are the other cards that the kept customer took over. `changed` names what was filled in."""

    id: str
    customer_id: str
    merged_customer_id: str
    merged_at: datetime
    undone_at: datetime | None
    can_be_undone_until: datetime
    merged_cards: list[MergedCardFacts]
    card_ids: list[str]
    changed: list[str]


class CustomersMerged(msgspec.Struct, frozen=True):
    merge: MergeFacts


class CardMergedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The card that is left, and the one whose `stamps` it got."""

    merge_id: str
    card: CardFacts
    merged_card_id: str
    stamps: int


class CardSeparated(msgspec.Struct, frozen=True):
    merge_id: str
    card: CardFacts


_OF_MERGE = f"SELECT {columns_of(MergedCardRow)} FROM merged_card WHERE merchant_id = %s AND merge_id = %s ORDER BY id"
_INTO = """
    SELECT m.into_id FROM merged_card m JOIN card c ON (c.merchant_id, c.id) = (m.merchant_id, m.card_id)
    WHERE m.merchant_id = %s AND m.card_id = %s AND c.state = 'void' ORDER BY m.id DESC LIMIT 1
"""

_WENT_INTO = """
    SELECT DISTINCT into_id FROM merged_card WHERE merchant_id = %s AND card_id = ANY(%s) AND into_id <> ALL(%s)
"""
_NEW_LINKS = """
    SELECT 1 FROM merged_card m JOIN customer_merge g ON (g.merchant_id, g.id) = (m.merchant_id, m.merge_id)
    JOIN replaced_link r ON (r.merchant_id, r.card_id) = (m.merchant_id, m.into_id)
    WHERE m.merchant_id = %s AND r.voucher_id IS NULL AND r.replaced >= g.merged
"""
_RECOVERED_SINCE = f"{_NEW_LINKS} AND m.card_id = %s AND m.into_id = %s AND g.undone IS NULL"
_RECOVERED_IN = f"{_NEW_LINKS} AND m.id = %s"


def cards_of_merge(tx: Statements, merge_id: UUID) -> list[MergedCardRow]:
    return tx.rows(MergedCardRow, _OF_MERGE, (tx.merchant_id, merge_id))


def which_card_counts(tx: Statements, card_id: UUID) -> UUID:
    """The card where the stamps of this one are now, or the card itself."""
    while into := tx.value(UUID, _INTO, (tx.merchant_id, card_id)):
        card_id = into
    return card_id


def cards_they_went_into(tx: Statements, cards: list[UUID]) -> list[UUID]:
    """Every other card where what is on these was once, also where the merge was undone."""
    found: list[UUID] = []
    while newest := tx.values(UUID, _WENT_INTO, (tx.merchant_id, [*cards, *found], [*cards, *found])):
        found = [*found, *newest]
    return found


def card_that_opens(tx: Statements, card_id: UUID) -> UUID | None:
    """The card that whoever has the link of this one is led to. None once it was recovered after they were merged: the
    phone that was lost may have held the links of both.
    """
    while into := tx.value(UUID, _INTO, (tx.merchant_id, card_id)):
        if tx.exists(_RECOVERED_SINCE, (tx.merchant_id, card_id, into)):
            return None
        card_id = into
    return card_id


def was_recovered_in(tx: Statements, row: MergedCardRow) -> bool:
    """Whether the card that is left got new links since this one went into it."""
    return tx.exists(_RECOVERED_IN, (tx.merchant_id, row.id))


def describe_merge(merge: MergeRow, merged: list[MergedCardFacts]) -> MergeFacts:
    gone = {one.card_id for one in merged}
    return MergeFacts(
        id=public_id("mrg", merge.id),
        customer_id=public_id("cus", merge.customer_id),
        merged_customer_id=public_id("cus", merge.other_id),
        merged_at=merge.merged,
        undone_at=merge.undone,
        can_be_undone_until=merge.merged + CAN_BE_UNDONE,
        merged_cards=merged,
        card_ids=[shown for card in merge.cards if (shown := public_id("crd", card)) not in gone],
        changed=merge.filled,
    )

"""The links between a card and its offers at Google, as rows: what is linked there has a row here."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.transactions import Statements, merchant_transaction
from stampwell.wallet.google.table import ObjectRow

_LINKED = """
    SELECT l.offer_object_id AS id, o.object_id FROM google_offer_link l
    JOIN google_object o ON o.merchant_id = l.merchant_id AND o.id = l.offer_object_id
    WHERE l.merchant_id = %s AND o.merchant_id = %s AND l.card_object_id = %s ORDER BY l.id
"""
_UNLINK = "DELETE FROM google_offer_link WHERE merchant_id = %s AND card_object_id = %s AND offer_object_id = ANY(%s)"
_FORGET = "DELETE FROM google_offer_link WHERE merchant_id = %s AND card_object_id = %s"


class LinkRow(msgspec.Struct, frozen=True):
    id: UUID
    card_object_id: UUID
    offer_object_id: UUID


class LinkedOffer(msgspec.Struct, frozen=True):
    """An offer beside a card: the id of its row, and its name at Google."""

    id: UUID
    object_id: str


def linked_offers(merchant_id: UUID, card: ObjectRow) -> list[LinkedOffer]:
    with merchant_transaction(merchant_id) as tx:
        return tx.rows(LinkedOffer, _LINKED, (merchant_id, merchant_id, card.id))


def write_links(merchant_id: UUID, card: ObjectRow, *, add: Iterable[UUID], remove: Iterable[UUID]) -> None:
    """Google has added and removed these links; both lists are ids of rows."""
    with merchant_transaction(merchant_id) as tx:
        for offer in add:
            tx.insert_or_leave("google_offer_link", LinkRow(new_id(), card.id, offer))
        tx.write(_UNLINK, (merchant_id, card.id, list(remove)))


def forget_links(tx: Statements, card: ObjectRow) -> None:
    """The card was put there whole, and nothing is linked to it now."""
    tx.write(_FORGET, (tx.merchant_id, card.id))

"""Finds out which cards look different after some events, and tells a wallet to look at their passes again.

Each wallet follows the events for itself. It only notes what has changed, and does so under the lock of the shop's
feed: meanwhile no pass of this shop can get a new tag.
"""

from collections.abc import Callable
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.transactions import Statements
from stampwell.wallet.whole_shop import Spread, begin_spread, current_edition


def note_changes(
    tx: Statements,
    events: list[EventRow],
    *,
    note_cards: Callable[[Statements, list[UUID]], None],
    everything: Spread,
) -> None:
    """Notes each card of the events once. If the shop itself has changed, the change begins to go over everything."""
    lock_feed(tx)
    known = [event.card_id for event in events if event.card_id] + _cards_that_speak_anew(tx, events)
    if cards := list(dict.fromkeys(known)):
        note_cards(tx, cards)
    if any(_is_of_shop(event) for event in events):
        begin_spread(tx, everything)


_OF_CUSTOMERS = "SELECT id FROM card WHERE merchant_id = %s AND customer_id = ANY(%s) ORDER BY id"


def _cards_that_speak_anew(tx: Statements, events: list[EventRow]) -> list[UUID]:
    """All cards of those whose language was changed. Nothing else of a customer stands on a pass."""
    customers = [
        private_id("cus", event.facts["customer_id"])
        for event in events
        if event.type == "customer.updated" and "locale" in event.facts["changed"]
    ]
    return tx.values(UUID, _OF_CUSTOMERS, (tx.merchant_id, customers)) if customers else []


def _is_of_shop(event: EventRow) -> bool:
    """Whether a change of the shop shows on its passes: its name, where its locations are, by
    which clocks its days end, that it is closed, and how a program goes on."""
    match event.type:
        case "merchant.changed":
            return not {"name", "time_zone", "closed_at"}.isdisjoint(event.facts["changed"])
        case "program.published":
            return bool(event.facts["program"]["version"] > 1)  # what was announced on the card is so now
        case "program.announced" | "program.paused" | "program.resumed" | "program.closed":
            return True
        case "location.changed":
            return not {"position", "address", "time_zone", "closed_at"}.isdisjoint(event.facts["changed"])
        case "location.added" | "location.closed":
            location = event.facts["location"]
            return bool(location["position"] or location["address"])
    return False


class FeedRow(msgspec.Struct, frozen=True):
    last_tag: int


class _NewFeedRow(msgspec.Struct, frozen=True):
    id: UUID
    last_tag: int
    made_as: str


def lock_feed(tx: Statements) -> FeedRow:
    """The row of this merchant's feed, made if it is new. It stays locked until the transaction ends."""
    tx.insert_or_leave("wallet_feed", _NewFeedRow(new_id(), 0, current_edition()))
    feed = tx.row(FeedRow, "SELECT last_tag FROM wallet_feed WHERE merchant_id = %s FOR UPDATE", (tx.merchant_id,))
    assert feed is not None, "the feed was made above"
    return feed

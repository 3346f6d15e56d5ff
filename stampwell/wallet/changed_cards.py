"""Following the events: which cards, or which shop, look different now, and so which passes are to be looked at again.

The worker's step after events have been put in order. It may be killed at any moment: how far the wallets have
followed is written in the transaction of what follows from it.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.wallet.whole_shop import Spread, begin, made_as

BATCH = 500


class Follower(msgspec.Struct, frozen=True):
    """What shows cards somewhere, and has to know.

    `follow` is called once for a batch, inside the transaction that moves the feed on, with the cards of the batch,
    each once however much happened on it. It only notes them: while it runs, no pass of this merchant gets its tag.
    A change of the whole shop goes over `everything`.
    """

    follow: Callable[[Statements, list[UUID]], None]
    everything: Spread


class FeedRow(msgspec.Struct, frozen=True):
    last_sequence: int
    last_tag: int


class _EventRow(msgspec.Struct, frozen=True):
    sequence: int
    card_id: UUID | None
    is_of_shop: bool


# Of all that can change about a shop, passes show its name and where its locations are.
_EVENTS = """
    SELECT sequence, card_id, card_id IS NULL AND (
        type = 'merchant.changed' AND data -> 'changed' @> '"name"'
        OR type = 'location.changed' AND data -> 'changed' ?| ARRAY['position', 'address']
        OR type = 'location.added'
            AND (data -> 'location' -> 'position' <> 'null' OR data -> 'location' ->> 'address' <> '')
    ) AS is_of_shop
    FROM event WHERE merchant_id = %s AND sequence > %s ORDER BY sequence LIMIT %s
"""


def merchants_to_follow() -> list[UUID]:
    """Merchants whose events have been put in order beyond what their wallets have followed."""
    return merchants_where(
        "SELECT e.merchant_id FROM event_feed e LEFT JOIN wallet_feed w ON w.merchant_id = e.merchant_id"
        " WHERE e.last_sequence > coalesce(w.last_sequence, 0)"
    )


def follow_events(merchant_id: UUID, followers: Iterable[Follower]) -> int:
    """Tells the followers what the next batch of events touched; returns how many events it read."""
    with merchant_transaction(merchant_id) as tx:
        feed = lock_feed(tx)
        events = tx.rows(_EventRow, _EVENTS, (merchant_id, feed.last_sequence, BATCH))
        if not events:
            return 0
        cards = list(dict.fromkeys(event.card_id for event in events if event.card_id))
        of_shop = any(event.is_of_shop for event in events)
        for follower in followers:
            if cards:
                follower.follow(tx, cards)
            if of_shop:
                begin(tx, follower.everything)
        tx.write("UPDATE wallet_feed SET last_sequence = %s WHERE merchant_id = %s", (events[-1].sequence, merchant_id))
        return len(events)


def lock_feed(tx: Statements) -> FeedRow:
    """The merchant's feed, held until the transaction ends."""
    tx.write(
        "INSERT INTO wallet_feed (merchant_id, id, last_sequence, last_tag, made_as) VALUES (%s, %s, 0, 0, %s)"
        " ON CONFLICT (merchant_id) DO NOTHING",
        (tx.merchant_id, new_id(), made_as()),
    )
    sql = "SELECT last_sequence, last_tag FROM wallet_feed WHERE merchant_id = %s FOR UPDATE"
    feed = tx.row(FeedRow, sql, (tx.merchant_id,))
    assert feed is not None, "the feed was made above"
    return feed

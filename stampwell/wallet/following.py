"""Following the events: which cards look different now, and so which passes are to be looked at again.

The worker's step after events have been put in order. It may be killed at any moment: how far the wallets have
followed is written in the transaction of what follows from it.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec
from django.db import connection

from stampwell.clock import new_id
from stampwell.transactions import Statements, merchant_transaction

BATCH = 500

# Called once for a batch, inside the transaction that moves the feed on, with the cards of the batch, each once
# however much happened on it. It only notes them: while it runs, no pass of this merchant gets its tag.
type Follower = Callable[[Statements, list[UUID]], None]


class FeedRow(msgspec.Struct, frozen=True):
    last_sequence: int
    last_tag: int


class _EventRow(msgspec.Struct, frozen=True):
    sequence: int
    card_id: UUID | None


def merchants_to_follow() -> list[UUID]:
    """Merchants whose events have been put in order beyond what their wallets have followed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.merchant_id FROM event_feed e LEFT JOIN wallet_feed w ON w.merchant_id = e.merchant_id"
            " WHERE e.last_sequence > coalesce(w.last_sequence, 0)"
        )
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


def follow_events(merchant_id: UUID, followers: Iterable[Follower]) -> int:
    """Tells the followers which cards the next batch of events touched; returns how many events it read."""
    with merchant_transaction(merchant_id) as tx:
        feed = lock_feed(tx)
        events = tx.rows(
            _EventRow,
            "SELECT sequence, card_id FROM event WHERE merchant_id = %s AND sequence > %s ORDER BY sequence LIMIT %s",
            (merchant_id, feed.last_sequence, BATCH),
        )
        if not events:
            return 0
        if cards := list(dict.fromkeys(event.card_id for event in events if event.card_id)):
            for follow in followers:
                follow(tx, cards)
        tx.write("UPDATE wallet_feed SET last_sequence = %s WHERE merchant_id = %s", (events[-1].sequence, merchant_id))
        return len(events)


def lock_feed(tx: Statements) -> FeedRow:
    """The merchant's feed, held until the transaction ends."""
    tx.write(
        "INSERT INTO wallet_feed (merchant_id, id, last_sequence, last_tag) VALUES (%s, %s, 0, 0)"
        " ON CONFLICT (merchant_id) DO NOTHING",
        (tx.merchant_id, new_id()),
    )
    sql = "SELECT last_sequence, last_tag FROM wallet_feed WHERE merchant_id = %s FOR UPDATE"
    feed = tx.row(FeedRow, sql, (tx.merchant_id,))
    assert feed is not None, "the feed was made above"
    return feed

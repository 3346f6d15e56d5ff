"""Following the events: whoever has to know what happened reads it here, each at a pace of its own.

How far a follower has read stands in its cursor, which moves in the transaction of what the follower wrote: its
effects in the database happen once, wherever it is killed. Two workers read one after the other; one follower that
is slow or fails holds up no other, and no other merchant.

What a follower does elsewhere, it only notes here and does later: while it runs, its cursor is locked.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.rows import EventRow
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.transactions.row_classes import columns_of

BATCH = 500
# A shop with very much to read lets the other followers and shops have their turn.
BATCHES_A_TURN = 10


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """`name` names the cursor for ever. `follow` gets each event once, in order, some at a time.

    `forget` takes back what was written, before everything is read again from the beginning.
    """

    name: str
    follow: Callable[[Statements, list[EventRow]], None]
    forget: Callable[[Statements], None] | None = None


class Lag(msgspec.Struct, frozen=True):
    """How far a follower is behind, over all shops. `since` is when the oldest event that it has not read happened."""

    shops: int
    events: int
    since: datetime | None


class _CursorRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    last_sequence: int
    moved: datetime


class _ShopLag(msgspec.Struct, frozen=True):
    events: int
    since: datetime


_BEHIND = """
    SELECT f.merchant_id FROM event_feed f LEFT JOIN event_cursor c ON c.merchant_id = f.merchant_id AND c.name = %s
    WHERE f.last_sequence > coalesce(c.last_sequence, 0)
"""
_NEXT = f"""
    SELECT {columns_of(EventRow)} FROM event
    WHERE merchant_id = %s AND sequence > %s ORDER BY sequence LIMIT %s
"""
_LOCK = "SELECT last_sequence FROM event_cursor WHERE merchant_id = %s AND name = %s FOR UPDATE"
_MOVE = "UPDATE event_cursor SET last_sequence = %s, moved = %s WHERE merchant_id = %s AND name = %s"
_LAG = """
    SELECT f.last_sequence - read.last_sequence AS events, e.at AS since
    FROM event_feed f
    CROSS JOIN (SELECT coalesce(max(last_sequence), 0) AS last_sequence FROM event_cursor
                WHERE merchant_id = %(merchant)s AND name = %(name)s) read
    JOIN event e ON e.merchant_id = f.merchant_id AND e.sequence = read.last_sequence + 1
    WHERE f.merchant_id = %(merchant)s AND e.merchant_id = %(merchant)s
"""


def merchants_behind(follower: Follower) -> list[UUID]:
    """Those with events in order that the follower has not read."""
    return merchants_where(_BEHIND, (follower.name,))


def follow(merchant_id: UUID, follower: Follower, *, batch: int = BATCH) -> int:
    """Lets the follower read the next events of this merchant; returns how many it read."""
    with merchant_transaction(merchant_id) as tx:
        last = _lock_cursor(tx, follower)
        events = tx.rows(EventRow, _NEXT, (merchant_id, last, batch))
        if not events:
            return 0
        follower.follow(tx, events)
        tx.write(_MOVE, (events[-1].sequence, now(), merchant_id, follower.name))
        return len(events)


def take_turn(merchant_id: UUID, follower: Follower, *, batch: int = BATCH) -> None:
    """Reads what there is, unless it is very much: then the next turn goes on."""
    for _number in range(BATCHES_A_TURN):
        if follow(merchant_id, follower, batch=batch) < batch:
            break


def rewind(merchant_id: UUID, follower: Follower) -> None:
    """From now on the follower reads this merchant's events once more, from the first one."""
    with merchant_transaction(merchant_id) as tx:
        rewind_in(tx, follower)


def rewind_in(tx: Statements, follower: Follower) -> None:
    """As `rewind`, in the transaction of the caller."""
    _lock_cursor(tx, follower)
    if follower.forget:
        follower.forget(tx)
    tx.write(_MOVE, (0, now(), tx.merchant_id, follower.name))


def lag_of(follower: Follower) -> Lag:
    """Of the events that have been put in order."""
    found = [lag for merchant_id in merchants_behind(follower) if (lag := _lag_at(merchant_id, follower))]
    return Lag(len(found), sum(lag.events for lag in found), min((lag.since for lag in found), default=None))


def _lag_at(merchant_id: UUID, follower: Follower) -> _ShopLag | None:
    with merchant_transaction(merchant_id) as tx:
        return tx.row(_ShopLag, _LAG, {"merchant": merchant_id, "name": follower.name})


def _lock_cursor(tx: Statements, follower: Follower) -> int:
    """The last event that it has read; one reader at a time, until the transaction ends."""
    tx.insert_or_leave("event_cursor", _CursorRow(new_id(), follower.name, 0, now()))
    last = tx.value(int, _LOCK, (tx.merchant_id, follower.name))
    assert last is not None, "the cursor was made above"
    return last

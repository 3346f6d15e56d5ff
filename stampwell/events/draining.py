"""Putting a merchant's events in order.

Transactions commit in another order than they begin, so a reader who asks "what came after event X" would miss
one that was slower. Therefore nobody numbers events while they happen: the drain numbers those that are
committed, one merchant at a time under the lock of its feed. What has a number never gets a neighbour before it.
"""

from uuid import UUID

from stampwell.clock import new_id
from stampwell.transactions import Statements, merchant_transaction, merchants_where

BATCH = 2_000


_NUMBER = """
    UPDATE event e SET sequence = %(last)s + waiting.place
    FROM (
        SELECT at, id, row_number() OVER (ORDER BY at, id) AS place FROM (
            SELECT at, id FROM event
            WHERE merchant_id = %(merchant)s AND sequence IS NULL ORDER BY at, id LIMIT %(batch)s
        ) oldest
    ) waiting
    WHERE e.merchant_id = %(merchant)s AND e.at = waiting.at AND e.id = waiting.id
    RETURNING e.sequence
"""


def merchants_with_waiting_events() -> list[UUID]:
    return merchants_where("SELECT DISTINCT merchant_id FROM event WHERE sequence IS NULL")


def put_in_order(merchant_id: UUID) -> int:
    """Numbers the committed events that have no number yet, oldest first, without gaps; returns how many."""
    numbered = 0
    while batch := _number_batch(merchant_id):
        numbered += batch
        if batch < BATCH:
            break
    return numbered


def hold_feed(tx: Statements) -> int:
    """The last number that was given. Until the transaction ends nobody gives the next one."""
    tx.write(
        "INSERT INTO event_feed (merchant_id, id, last_sequence) VALUES (%s, %s, 0)"
        " ON CONFLICT (merchant_id) DO NOTHING",
        (tx.merchant_id, new_id()),
    )
    last = tx.value(int, "SELECT last_sequence FROM event_feed WHERE merchant_id = %s FOR UPDATE", (tx.merchant_id,))
    assert last is not None, "the feed was made above"
    return last


def _number_batch(merchant_id: UUID) -> int:
    with merchant_transaction(merchant_id) as tx:
        last = hold_feed(tx)
        given = tx.values(int, _NUMBER, {"merchant": merchant_id, "last": last, "batch": BATCH})
        tx.write("UPDATE event_feed SET last_sequence = %s WHERE merchant_id = %s", (last + len(given), merchant_id))
        return len(given)

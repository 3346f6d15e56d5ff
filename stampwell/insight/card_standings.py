"""Keeping where each card stands, as it changes. It is read again from the card, whatever happened to it."""

from uuid import UUID

from stampwell.events.rows import EventRow
from stampwell.transactions import Statements

_GONE = """
    DELETE FROM card_standing s WHERE s.merchant_id = %(merchant)s AND s.id = ANY(%(cards)s) AND NOT EXISTS (
        SELECT FROM card c WHERE c.merchant_id = %(merchant)s AND c.id = s.id AND c.state = 'active'
    )
"""
_KEEP = """
    INSERT INTO card_standing AS s (merchant_id, id, joined, seen, stamps, to_go, ready)
    SELECT c.merchant_id, c.id, c.created, coalesce(c.last_stamp, c.created), c.stamps, c.goal - c.stamps, (
        SELECT count(*) FROM voucher v
        WHERE v.merchant_id = %(merchant)s AND v.card_id = c.id AND v.state = 'ready'
    )
    FROM card c WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(cards)s) AND c.state = 'active'
    ON CONFLICT (merchant_id, id) DO UPDATE
    SET seen = excluded.seen, stamps = excluded.stamps, to_go = excluded.to_go, ready = excluded.ready
    WHERE (s.seen, s.stamps, s.to_go, s.ready)
        IS DISTINCT FROM (excluded.seen, excluded.stamps, excluded.to_go, excluded.ready)
"""


def keep_standings(tx: Statements, events: list[EventRow]) -> None:
    cards: set[UUID] = {event.card_id for event in events if event.card_id}
    if cards:
        facts = {"merchant": tx.merchant_id, "cards": sorted(cards)}
        tx.write(_GONE, facts)
        tx.write(_KEEP, facts)


def forget_standings(tx: Statements) -> None:
    tx.write("DELETE FROM card_standing WHERE merchant_id = %s", (tx.merchant_id,))

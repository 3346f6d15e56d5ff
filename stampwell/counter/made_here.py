"""Which cards a device at the counter may show the link of: those that were made there a moment ago."""

from datetime import datetime, timedelta
from uuid import UUID

from stampwell.cards.rows import CardRow, read_card
from stampwell.refusal import NotFound
from stampwell.transactions import Statements

SHOWN_FOR = timedelta(hours=1)
_MADE_BY = """
    SELECT 1 FROM event
    WHERE merchant_id = %s AND card_id = %s AND at > %s AND type = 'card.issued' AND staff_member_id = %s
"""
_MADE = """
    SELECT 1 FROM event
    WHERE merchant_id = %s AND card_id = %s AND at > %s AND type = 'card.issued' AND station_id = %s
"""


def read_card_made_here(tx: Statements, card_id: UUID, station_id: UUID, *, at: datetime) -> CardRow:
    """A card of this device, for an hour, and while its first link opens it: a later one is the customer's alone.

    Refuses: NotFound.
    """
    card, _vouchers = read_card(tx, card_id)
    if (
        card.state != "active"
        or card.issue
        or not tx.exists(_MADE, (tx.merchant_id, card_id, at - SHOWN_FOR, station_id))
    ):
        raise NotFound
    return card


def is_made_by(tx: Statements, card_id: UUID, staff_member_id: UUID, *, at: datetime) -> bool:
    """Whether this person made the card, in the last hour, and its first link opens it. Refuses: NotFound."""
    card, _vouchers = read_card(tx, card_id)
    return not card.issue and tx.exists(_MADE_BY, (tx.merchant_id, card_id, at - SHOWN_FOR, staff_member_id))

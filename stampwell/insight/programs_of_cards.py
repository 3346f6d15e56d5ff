"""Of which program the cards of events are, which the events themselves do not say."""

from uuid import UUID

import msgspec

from stampwell.events.rows import EventRow
from stampwell.transactions import Statements


class _CardRow(msgspec.Struct, frozen=True):
    id: UUID
    program_id: UUID


_PROGRAMS = "SELECT id, program_id FROM card WHERE merchant_id = %s AND id = ANY(%s)"


def programs_of(tx: Statements, events: list[EventRow]) -> dict[UUID, UUID]:
    """By card; a card that is gone is not there."""
    cards = list({event.card_id for event in events if event.card_id})
    return {row.id: row.program_id for row in tx.rows(_CardRow, _PROGRAMS, (tx.merchant_id, cards))}

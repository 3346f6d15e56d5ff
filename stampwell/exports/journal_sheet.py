"""The lines of the journal that somebody asked for, newest first; in JSON with the objects as they were then."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.events.rows import EventRow
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.insight.event_stretches import kinds_in
from stampwell.journal.event_sentences import tell
from stampwell.journal.hands import names_in
from stampwell.journal.reading import read_page
from stampwell.journal.wanted import read_wanted
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.merchants.models import Merchant
from stampwell.programs.describing import without_redeem_codes
from stampwell.transactions import Statements

_NOBODY = CardLabel("", "")


def journal_sheet(merchant: Merchant, wanted: Mapping[str, str]) -> Sheet:
    """Of each card a line of its own. Raises NotAPeriod."""
    asked = msgspec.structs.replace(read_wanted(merchant, wanted), each=True)

    def read(tx: Statements, below: str) -> Piece:
        found = read_page(tx, asked, kinds_in(tx), below=int(below) if below else None, most=AT_ONCE)
        names = names_in(tx, found.rows)
        cards = label_cards(tx, [row.card_id for row in found.rows if row.card_id])
        rows = [_row(merchant, row, names, cards) for row in found.rows]
        return Piece(rows, str(found.older) if found.older else None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("happened_at", _("Time")),
        Column("told", _("What happened")),
        Column("reason", _("Reason")),
        Column("customer", _("Customer")),
        Column("short_number", _("Card number")),
        Column("person", _("Person")),
        Column("device", _("Device")),
        Column("location", _("Location")),
        Column("source"),
        Column("card_id"),
        Column("type", _("Type of event")),
        Column("data"),
        Column("event_id", "ID"),
    ]


def _row(merchant: Merchant, event: EventRow, names: Mapping[UUID, str], cards: Mapping[str, CardLabel]) -> Row:
    facts = event.facts
    told = tell(event.type, facts, merchant)
    card_id = public_id("crd", event.card_id) if event.card_id else None
    card = cards.get(card_id or "", _NOBODY)
    device = event.station_id or event.api_key_id
    return [
        event.at,
        told.what,
        told.reason,
        card.name,
        card.number,
        names.get(event.staff_member_id, "") if event.staff_member_id else "",
        names.get(device, "") if device else "",
        names.get(event.location_id, "") if event.location_id else "",
        event.source,
        card_id,
        event.type,
        _without_codes(facts),
        public_id("evt", event.id),
    ]


def _without_codes(facts: dict[str, Any]) -> dict[str, Any]:
    """Old events of a program hold the codes that a till takes."""
    return facts | {"program": without_redeem_codes(facts["program"])} if "program" in facts else facts

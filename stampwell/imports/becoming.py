"""What a row becomes: a customer, a card, a stamp where a balance came along, and an event for each of the two."""

from datetime import datetime
from typing import Any

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_alone, describe_stamp
from stampwell.cards.links import card_code, card_token
from stampwell.cards.rows import CardRow, StampRow
from stampwell.clock import now
from stampwell.customers.joining import CustomerRow
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.events.actors import Actor
from stampwell.events.packing import pack
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.imports.lines import Line
from stampwell.imports.purposes import Purpose
from stampwell.imports.rows import ImportRow
from stampwell.programs.terms import Terms
from stampwell.sheets.line_ids import LineIds
from stampwell.tokens import secret_hash
from stampwell.vouchers.describing import VoucherFacts


class WrittenCard(CardRow, frozen=True):
    code_hash: bytes = b""
    token_hash: bytes = b""
    changed: datetime | None = None


class ImportedFacts(msgspec.Struct, frozen=True):
    card: CardFacts
    import_id: str


class BroughtFacts(msgspec.Struct, frozen=True):
    stamp: StampFacts
    card: CardFacts
    vouchers_issued: list[VoucherFacts]
    import_id: str


class Made(msgspec.Struct, frozen=True):
    """The rows of the tables that a row of the file becomes."""

    line: Line
    customer: CustomerRow
    card: WrittenCard
    stamp: StampRow | None
    events: list[EventRow]


class Maker:
    """Makes them of lines, all of one moment. It asks no database."""

    def __init__(self, wanted: ImportRow, terms: Terms, *, locale: str) -> None:
        """`locale` is for who says none."""
        self._terms, self._locale, self._by = terms, locale, by_import(wanted)
        self._ids, self._import_id = LineIds(wanted.id, wanted.created), public_id("imp", wanted.id)
        self._at = now()

    def make(self, line: Line, number: str) -> Made:
        customer = self._customer(line, line.locale or self._locale)
        card, stamp = self._card(line, customer, number), None
        told = describe_alone(card, self._terms, vouchers=[])
        facts = ImportedFacts(told, self._import_id)
        events = [self._event(line.row, Purpose.ISSUED, "card.issued", card, facts)]
        if line.stamps:
            stamp = self._stamp(line, card)
            card = msgspec.structs.replace(card, stamps=line.stamps, revision=2)
            told = msgspec.structs.replace(told, stamps=card.stamps, revision=card.revision)
            brought = BroughtFacts(describe_stamp(stamp), told, [], self._import_id)
            events.append(self._event(line.row, Purpose.STAMPED, "stamp.added", card, brought))
        return Made(line, customer, self._with_links(card), stamp, events)

    def _customer(self, line: Line, locale: str) -> CustomerRow:
        return CustomerRow(
            id=self._ids.of(line.row, Purpose.CUSTOMER),
            name=line.name,
            email=line.email,
            phone=line.phone,
            birthday=line.birthday,
            locale=locale,
            created=self._at,
            search=search_text(name=line.name, email=line.email, phone=line.phone),
            folding=FOLDING,
        )

    def _card(self, line: Line, customer: CustomerRow, number: str) -> CardRow:
        return CardRow(
            id=self._ids.of(line.row, Purpose.CARD),
            program_id=self._terms.program_id,
            version_id=self._terms.version_id,
            customer_id=customer.id,
            external_id=line.external_id,
            locale=customer.locale,
            short_number=number,
            issue=0,
            state="active",
            round=1,
            stamps=0,
            goal=self._terms.goal,
            remainder=0,
            stamped_day=None,
            stamps_that_day=0,
            last_stamp=None,
            last_step=0,
            revision=1,
            created=self._at,
        )

    def _stamp(self, line: Line, card: CardRow) -> StampRow:
        """Nobody stood at a counter: it is no visit of today, and no pause begins with it."""
        return StampRow(
            id=self._ids.of(line.row, Purpose.STAMP),
            card_id=card.id,
            count=line.stamps,
            round=1,
            amount=None,
            currency=None,
            remainder_change=0,
            at=self._at,
            occurred=self._at,
            source=self._by.source,
            overrode=False,
            receipt_id=None,
            location_id=None,
            station_id=None,
            staff_member_id=self._by.staff_member_id,
            api_key_id=self._by.api_key_id,
            reverses_id=None,
            reason="",
        )

    def _with_links(self, card: CardRow) -> WrittenCard:
        code, token = secret_hash(card_code(card.id, 0)), secret_hash(card_token(card.id, 0))
        own: list[Any] = [
            *msgspec.structs.astuple(card),
            code,
            token,
            self._at,
        ]  # by keyword it takes almost three times as long
        return WrittenCard(*own)

    def _event(self, row: int, purpose: Purpose, type: EventType, card: CardRow, facts: msgspec.Struct) -> EventRow:
        return EventRow(
            id=self._ids.of(row, purpose),
            at=self._at,
            type=type,
            source=self._by.source,
            location_id=None,
            station_id=None,
            staff_member_id=self._by.staff_member_id,
            api_key_id=self._by.api_key_id,
            card_id=card.id,
            voucher_id=None,
            sequence=None,
            data=pack(msgspec.json.encode(facts)),
        )


def by_import(wanted: ImportRow) -> Actor:
    return msgspec.structs.replace(wanted.actor, source="import")

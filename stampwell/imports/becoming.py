"""What a row becomes: a customer, a card, a stamp where a balance came along, and an event for each of the two."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_card, describe_stamp
from stampwell.cards.links import card_code, card_token
from stampwell.cards.rows import CardRow, StampRow
from stampwell.customers.joining import CustomerRow
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.events.actors import Actor
from stampwell.events.packing import pack
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.imports.line_ids import LineIds, Purpose
from stampwell.imports.lines import Line
from stampwell.programs.terms import Terms
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
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


class Piece:
    """The rows of the tables that a piece of a file becomes."""

    def __init__(self, tx: Statements, ids: LineIds, import_id: UUID, terms: Terms, *, at: datetime, by: Actor) -> None:
        self._tx, self._ids, self._terms, self._at, self._by = tx, ids, terms, at, by
        self._import_id = public_id("imp", import_id)
        self.customers: list[CustomerRow] = []
        self.cards: list[WrittenCard] = []
        self.stamps: list[StampRow] = []
        self.events: list[EventRow] = []

    def add(self, line: Line, *, number: str, locale: str) -> None:
        """`locale` is for who says none."""
        customer = self._customer(line, line.locale or locale)
        card = self._card(line, customer, number)
        self._happened(line.row, Purpose.ISSUED, "card.issued", card, ImportedFacts(self._told(card), self._import_id))
        if line.stamps:
            card = self._with_stamps(line, card)
        self.customers.append(customer)
        self.cards.append(self._with_links(card))

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

    def _with_stamps(self, line: Line, card: CardRow) -> CardRow:
        """Nobody stood at a counter: it is no visit of today, and no pause begins with it."""
        stamp = StampRow(
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
        self.stamps.append(stamp)
        stamped = msgspec.structs.replace(card, stamps=line.stamps, revision=2)
        facts = BroughtFacts(describe_stamp(stamp), self._told(stamped), [], self._import_id)
        self._happened(line.row, Purpose.STAMPED, "stamp.added", card, facts)
        return stamped

    def _told(self, card: CardRow) -> CardFacts:
        return describe_card(self._tx, card, [], at=self._at)

    def _with_links(self, card: CardRow) -> WrittenCard:
        own: dict[str, Any] = msgspec.structs.asdict(card)
        return WrittenCard(
            **own,
            code_hash=secret_hash(card_code(card.id, 0)),
            token_hash=secret_hash(card_token(card.id, 0)),
            changed=self._at,
        )

    def _happened(self, row: int, purpose: Purpose, type: EventType, card: CardRow, facts: msgspec.Struct) -> None:
        event = EventRow(
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
        self.events.append(event)

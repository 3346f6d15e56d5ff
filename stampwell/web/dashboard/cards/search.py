"""The list of cards: finding one by what a customer says at the counter, and those that an owner looks for."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.numbers import group_digits
from stampwell.cards.searching import FoundRow, find_newest
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.card_list import Asked, ListedRow, cursor_after, list_cards
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, read_aside
from stampwell.vouchers.rows import COLUMNS as VOUCHER_COLUMNS
from stampwell.vouchers.rows import IS_OPEN, VoucherRow, state_at

PAGE = 30
MOST_DOTS = 12  # a card with more stamps is drawn as a bar


class FoundCard(msgspec.Struct, frozen=True):
    """`who` is the best that is known of the customer, "" for somebody who gave nothing."""

    id: str
    number: str
    who: str
    program: str
    state: str
    stamps: int
    goal: int
    round: int
    last_stamp: datetime | None
    created: datetime
    ready: int

    @property
    def dots(self) -> list[bool]:
        """A mark for each stamp of the round, and whether it is there; empty where they are too many to be told."""
        return [place < self.stamps for place in range(self.goal)] if self.goal <= MOST_DOTS else []


class Page(msgspec.Struct, frozen=True):
    cards: list[FoundCard]
    next: str | None


_VOUCHERS = f"""
    SELECT {VOUCHER_COLUMNS} FROM voucher
    WHERE merchant_id = %s AND card_id = ANY(%s) AND {IS_OPEN}
"""


def find_cards(merchant: Merchant, words: str, *, after: UUID | None) -> Page:
    """Newest first, thirty at a time; without words all of them."""

    def read(tx: Statements) -> tuple[list[FoundRow], dict[UUID, int]]:
        rows = find_newest(tx, words, after=after, limit=PAGE + 1)
        return rows, _count_ready(tx, [row.id for row in rows])

    rows, ready = read_aside(merchant.id, read)
    cards = [_found(merchant, row, ready.get(row.id, 0)) for row in rows[:PAGE]]
    return Page(cards, cards[-1].id if len(rows) > PAGE else None)


def list_those(merchant: Merchant, asked: Asked) -> Page:
    """Thirty of those that fit, in the order asked for."""

    def read(tx: Statements) -> tuple[list[ListedRow], dict[UUID, int]]:
        rows = list_cards(tx, asked, limit=PAGE + 1)
        return rows, _count_ready(tx, [row.id for row in rows])

    rows, ready = read_aside(merchant.id, read)
    cards = [_found(merchant, row, ready.get(row.id, 0)) for row in rows[:PAGE]]
    return Page(cards, cursor_after(rows[PAGE - 1]) if len(rows) > PAGE else None)


def show_cards(tx: Statements, merchant: Merchant, rows: list[FoundRow]) -> list[FoundCard]:
    """As they stand in a list."""
    ready = _count_ready(tx, [row.id for row in rows])
    return [_found(merchant, row, ready.get(row.id, 0)) for row in rows]


def _count_ready(tx: Statements, card_ids: list[UUID]) -> dict[UUID, int]:
    at = now()
    counted: dict[UUID, int] = {}
    for voucher in tx.rows(VoucherRow, _VOUCHERS, (tx.merchant_id, card_ids)):
        if state_at(voucher, at) == "ready":
            counted[voucher.card_id] = counted.get(voucher.card_id, 0) + 1
    return counted


def _found(merchant: Merchant, row: FoundRow, ready: int) -> FoundCard:
    return FoundCard(
        id=public_id("crd", row.id),
        number=group_digits(row.short_number),
        who=row.name or row.email or row.phone,
        program=text_in(msgspec.json.decode(row.program, type=dict[str, str]), active_locale(), merchant.locale),
        state=row.state,
        stamps=row.stamps,
        goal=row.goal,
        round=row.round,
        last_stamp=row.last_stamp,
        created=row.created,
        ready=ready,
    )

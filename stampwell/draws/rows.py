"""The rows of draws, as drawing and proof read and write them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.draws.prizes import Why
from stampwell.transactions import columns_of


class ChainRow(msgspec.Struct, frozen=True, kw_only=True):
    """`drawn` is the number of the latest draw of the program."""

    id: UUID
    program_id: UUID
    begins: date
    days: int
    commitment: bytes
    secret: bytes
    drawn: int
    last_day: date


class NewDrawRow(msgspec.Struct, frozen=True, kw_only=True):
    """A draw before its voucher is there, if it gives one."""

    id: UUID
    program_id: UUID
    number: int
    at: datetime
    day: date
    reward_id: UUID
    card_id: UUID
    round: int
    stamps: int
    seed_day: date
    value: int
    drawn: int
    given: int
    known_as: str
    why: Why
    repeats: int | None


class DrawRow(NewDrawRow, frozen=True, kw_only=True):
    voucher_id: UUID | None
    taken_back_after: int | None


CHAIN_COLUMNS, DRAW_COLUMNS = columns_of(ChainRow), columns_of(DrawRow)

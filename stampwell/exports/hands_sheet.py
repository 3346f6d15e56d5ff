"""Who did how much, where, and for which program, by month: a row for each of them together, to be summed as one likes.

Summed up by one of them it is the table of the start page; the refused scans are those of the page of figures.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.exports.program_names import program_names
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements, columns_of


class _HandRow(msgspec.Struct, frozen=True, kw_only=True):
    person: UUID | None
    location: UUID | None
    program: UUID | None
    cards: int
    stamps: int
    earned: int
    handed_out: int
    refused: int


_NEXT = "SELECT min(day) FROM monthly_total WHERE merchant_id = %s AND day > %s"
_HANDS = f"""
    SELECT {columns_of(_HandRow)} FROM (
        SELECT staff_member_id AS person, location_id AS location, program_id AS program,
            coalesce(sum(times) FILTER (WHERE type = 'card.issued'), 0)::int AS cards,
            coalesce(sum(stamps) FILTER (WHERE type IN ('stamp.added', 'stamp.reversed')), 0)::int AS stamps,
            coalesce(sum(times) FILTER (WHERE type = 'voucher.issued'), 0)::int AS earned,
            coalesce(sum(CASE type WHEN 'voucher.redeemed' THEN times WHEN 'voucher.reversed' THEN -times END), 0)::int
                AS handed_out,
            coalesce(sum(times) FILTER (WHERE type = 'scan.refused'), 0)::int AS refused
        FROM monthly_total WHERE merchant_id = %s AND day = %s GROUP BY 1, 2, 3
    ) hand
    WHERE (cards, stamps, earned, handed_out, refused) <> (0, 0, 0, 0, 0) ORDER BY location, person, program
"""


def hands_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, after: str) -> Piece:
        """A month; behind the last one an empty piece."""
        month = tx.value(date, _NEXT, (tx.merchant_id, date.fromisoformat(after) if after else date.min))
        if month is None:
            return Piece([], None)
        found = tx.rows(_HandRow, _HANDS, (tx.merchant_id, month))
        names = program_names(merchant) | names_of(tx, (id for row in found for id in (row.person, row.location)))
        return Piece([_row(month, row, names) for row in found], month.isoformat())

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("month", _("Month")),
        Column("location", _("Location")),
        Column("person", _("Person")),
        Column("program", _("Program")),
        Column("cards", _("New cards")),
        Column("stamps", _("Stamps")),
        Column("earned", _("Rewards earned")),
        Column("handed_out", _("Rewards handed out")),
        Column("refused", _("Scans that were refused")),
    ]


def _row(month: date, row: _HandRow, names: Mapping[UUID | None, str]) -> Row:
    who = [names.get(id, "") for id in (row.location, row.person, row.program)]
    return [month, *who, row.cards, row.stamps, row.earned, row.handed_out, row.refused]

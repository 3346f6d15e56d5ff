"""The cards that an import has made, as they are now; those that were deleted since are left out."""

from uuid import UUID

import msgspec

from stampwell.imports.purposes import Purpose
from stampwell.imports.rows import ImportRow
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import Statements


class MadeCard(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID
    issue: int
    locale: str
    short_number: str
    external_id: str | None
    stamps: int
    name: str
    email: str
    phone: str


_CARDS = """
    SELECT c.id, c.customer_id, c.issue, c.locale, c.short_number, c.external_id, c.stamps, u.name, u.email, u.phone
    FROM card c JOIN customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
    WHERE c.merchant_id = %(merchant)s AND u.merchant_id = %(merchant)s AND c.id = ANY(%(ids)s) AND c.state = 'active'
    ORDER BY c.id
"""


def next_made_cards(tx: Statements, one: ImportRow, *, first: int, last: int) -> list[MadeCard]:
    """Those of the rows from `first` to `last`, in their order."""
    ids = LineIds(one.id, one.created).rows_between(first, last, Purpose.CARD)
    return tx.rows(MadeCard, _CARDS, {"merchant": tx.merchant_id, "ids": ids})

"""What a customer has said about messages, from the first word to the last."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.transactions import Statements, columns_of

MOST_READ = 50


class SaidRow(msgspec.Struct, frozen=True, kw_only=True):
    """`wording` is the very sentence that stood there, in the language `locale`; `staff_member_id` is who of the shop
    wrote it down, None where the customer did.
    """

    granted: bool
    wording: str
    locale: str
    source: str
    at: datetime
    staff_member_id: UUID | None
    reason: str


_SAID = f"""
    SELECT {columns_of(SaidRow)} FROM consent WHERE merchant_id = %s AND customer_id = ANY(%s) AND purpose = 'marketing'
    ORDER BY at DESC, id DESC LIMIT %s
"""


def read_ledger(tx: Statements, customers: list[UUID]) -> list[SaidRow]:
    """The newest first, the last fifty; of a customer and whoever was merged into them."""
    return tx.rows(SaidRow, _SAID, (tx.merchant_id, customers, MOST_READ))

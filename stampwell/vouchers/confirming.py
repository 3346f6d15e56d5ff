"""What a till has said of a redemption: that it saw the code used. Append-only, once for each redemption."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.transactions import Statements, columns_of
from stampwell.vouchers.describing import VoucherFacts

# Of the last use: a voucher that was given back is not confirmed by what the till said before.
_CONFIRMED = """
    SELECT v.id FROM voucher v
    JOIN redemption r ON (r.merchant_id, r.voucher_id, r.reversal_no) = (v.merchant_id, v.id, v.reversals)
    JOIN voucher_confirmation c ON (c.merchant_id, c.redemption_id) = (r.merchant_id, r.id)
    WHERE v.merchant_id = %s AND v.id = ANY(%s)
"""


class ConfirmationRow(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is when the till saw it, None where its report tells no time. `amount` is in minor units of `currency`."""

    id: UUID
    voucher_id: UUID
    redemption_id: UUID
    reconciliation_id: UUID | None
    confirmed: datetime
    at: datetime | None
    location_id: UUID | None
    receipt_id: str | None
    amount: int | None
    currency: str


class ConfirmationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the till has said, as events show it: `at` and the rest are null where its report does not tell them."""

    redemption_id: str
    voucher_id: str
    reconciliation_id: str | None
    at: datetime | None
    location_id: str | None
    receipt_id: str | None
    discount: int | None
    currency: str


class ConfirmedEvent(msgspec.Struct, frozen=True):
    voucher: VoucherFacts
    confirmation: ConfirmationFacts


_CONFIRM = f"""
    INSERT INTO voucher_confirmation (merchant_id, {columns_of(ConfirmationRow)})
    SELECT %s, {columns_of(ConfirmationRow, "told")}
    FROM json_populate_recordset(NULL::voucher_confirmation, %s::json) AS told
    ON CONFLICT DO NOTHING RETURNING redemption_id
"""


def confirm(tx: Statements, rows: Sequence[ConfirmationRow]) -> list[ConfirmationRow]:
    """Those of them that are new: what was confirmed before stays as it was told first."""
    new = set(tx.values(UUID, _CONFIRM, (tx.merchant_id, msgspec.json.encode(rows).decode())))
    return [row for row in rows if row.redemption_id in new]


def confirmed_ones(tx: Statements, voucher_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them whose use a till has confirmed, as they were used last."""
    return set(tx.values(UUID, _CONFIRMED, (tx.merchant_id, list(voucher_ids))))


def describe_confirmation(row: ConfirmationRow) -> ConfirmationFacts:
    return ConfirmationFacts(
        redemption_id=public_id("rdm", row.redemption_id),
        voucher_id=public_id("vch", row.voucher_id),
        reconciliation_id=public_id("rcn", row.reconciliation_id) if row.reconciliation_id else None,
        at=row.at,
        location_id=public_id("loc", row.location_id) if row.location_id else None,
        receipt_id=row.receipt_id,
        discount=row.amount,
        currency=row.currency,
    )

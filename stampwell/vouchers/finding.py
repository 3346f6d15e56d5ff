"""Finding a voucher by what somebody holds. `ask_…` asks in the packet of whatever is read next."""

from uuid import UUID

import msgspec

from stampwell.tokens import secret_hash
from stampwell.transactions import Later, Statements, ask_row


class VoucherRef(msgspec.Struct, frozen=True):
    id: UUID


class CalledVoucher(msgspec.Struct, frozen=True):
    id: UUID
    card_id: UUID


REFERENCE_LENGTH = 6
_FIND = "SELECT id FROM voucher WHERE merchant_id = %s AND "
_BY_TOKEN = _FIND + "token_hash = %s"
_BY_CODE = _FIND + "code_hash = %s"
_CALLED = """
    SELECT id, card_id FROM voucher WHERE merchant_id = %s AND right(id::text, 6) = %s ORDER BY id DESC LIMIT %s
"""


def voucher_by_token(merchant_id: UUID, token: str) -> UUID | None:
    found = ask_row(VoucherRef, _BY_TOKEN, (merchant_id, secret_hash(token)))
    return found.id if found else None


def ask_voucher_by_token(tx: Statements, token: str) -> Later[VoucherRef]:
    return tx.later(VoucherRef, _BY_TOKEN, (tx.merchant_id, secret_hash(token)))


def ask_voucher_by_code(tx: Statements, code: str) -> Later[VoucherRef]:
    return tx.later(VoucherRef, _BY_CODE, (tx.merchant_id, secret_hash(code)))


def reference_of(voucher_id: UUID) -> str:
    """How staff and owner name this voucher to each other: the end of its id, which opens nothing."""
    return voucher_id.hex[-REFERENCE_LENGTH:].upper()


def vouchers_called(tx: Statements, reference: str, *, most: int) -> list[CalledVoucher]:
    """The vouchers of this reference, hardly ever more than one; the newest first."""
    if len(reference) != REFERENCE_LENGTH:
        return []
    return tx.rows(CalledVoucher, _CALLED, (tx.merchant_id, reference.lower(), most))

"""Finding a voucher by what somebody holds. `ask_…` asks in the packet of whatever is read next."""

from uuid import UUID

import msgspec

from stampwell.tokens import secret_hash
from stampwell.transactions import Later, Statements, ask_row


class VoucherRef(msgspec.Struct, frozen=True):
    id: UUID


_FIND = "SELECT id FROM voucher WHERE merchant_id = %s AND "
_BY_TOKEN = _FIND + "token_hash = %s"
_BY_CODE = _FIND + "code_hash = %s"


def voucher_by_token(merchant_id: UUID, token: str) -> UUID | None:
    found = ask_row(VoucherRef, _BY_TOKEN, (merchant_id, secret_hash(token)))
    return found.id if found else None


def ask_voucher_by_token(tx: Statements, token: str) -> Later[VoucherRef]:
    return tx.later(VoucherRef, _BY_TOKEN, (tx.merchant_id, secret_hash(token)))


def ask_voucher_by_code(tx: Statements, code: str) -> Later[VoucherRef]:
    return tx.later(VoucherRef, _BY_CODE, (tx.merchant_id, secret_hash(code)))

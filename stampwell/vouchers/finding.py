"""Finding a voucher by what somebody holds."""

from uuid import UUID

from stampwell.tokens import secret_hash
from stampwell.vouchers.models import Voucher


def voucher_by_token(merchant_id: UUID, token: str) -> UUID | None:
    return _id_where(merchant_id, token_hash=secret_hash(token))


def voucher_by_code(merchant_id: UUID, code: str) -> UUID | None:
    return _id_where(merchant_id, code_hash=secret_hash(code))


def _id_where(merchant_id: UUID, **held: bytes) -> UUID | None:
    return Voucher.objects.filter(merchant_id=merchant_id, **held).values_list("id", flat=True).first()

"""What a till has said of codes of lists: that it saw them used."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from stampwell.transactions import Statements

_CONFIRM = """
    UPDATE pool_code SET confirmed = %s WHERE merchant_id = %s AND voucher_id = ANY(%s)
        AND revoked IS NULL AND confirmed IS NULL
"""


def confirm_codes(tx: Statements, vouchers: Collection[UUID], *, at: datetime) -> None:
    """Those that these vouchers have, each once; a voucher without one is passed over."""
    tx.write(_CONFIRM, (at, tx.merchant_id, list(vouchers)))

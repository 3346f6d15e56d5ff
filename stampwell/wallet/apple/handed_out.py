"""A pass that was handed out, as its row says."""

from datetime import datetime
from hmac import compare_digest
from uuid import UUID

import msgspec

from stampwell.wallet.serials import card_pass_token, voucher_pass_token

COLUMNS = "p.id, p.card_id, p.voucher_id, p.issue, p.pass_type, p.serial, p.shown, p.tag, p.changed, p.touched"
NOBODYS_TOKEN = "0" * 32  # compared with where there is no pass, so that both answers take as long


class HeldPass(msgspec.Struct, frozen=True, kw_only=True):
    """`voucher_id` is None on a card's own pass. `changed` is None until the pass was first looked at."""

    id: UUID
    card_id: UUID
    voucher_id: UUID | None
    issue: int
    pass_type: str
    serial: str
    shown: bytes
    tag: int
    changed: datetime | None
    touched: int

    @property
    def token(self) -> str:
        if self.voucher_id:
            return voucher_pass_token(self.voucher_id, self.issue)
        return card_pass_token(self.card_id, self.issue)


FIND = f"SELECT {COLUMNS} FROM pass p WHERE p.merchant_id = %s AND p.pass_type = %s AND p.serial = %s"


def is_opened_by(held: HeldPass | None, token: str) -> bool:
    """Whether this token belongs to this pass; where there is none it is never so."""
    expected = held.token if held else NOBODYS_TOKEN
    return compare_digest(token.encode(), expected.encode()) and held is not None

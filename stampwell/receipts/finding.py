"""Which code somebody holds, and whether it can still be used."""

from datetime import datetime

import msgspec

from stampwell.languages.formatting import End
from stampwell.merchants.models import Merchant
from stampwell.receipts.codes import Code, UnknownReceiptCode, is_genuine, read_code
from stampwell.receipts.refusals import ReceiptCodeExpired, ReceiptCodeRevoked, ReceiptCodeUsed
from stampwell.receipts.rows import ReceiptBatchRow, ReceiptClaimRow, hold_numbered, read_claim, read_numbered
from stampwell.refusal import Refusal
from stampwell.tokens import unseal
from stampwell.transactions import Statements, merchant_reads


class FoundCode(msgspec.Struct, frozen=True):
    """A genuine code of this shop: its batch, its serial there, and its use where it was used."""

    batch: ReceiptBatchRow
    serial: int
    claim: ReceiptClaimRow | None

    def why_not(self, at: datetime) -> Refusal | None:
        """The reason why it gives nothing any more, or None; asks no question."""
        if self.claim:
            return ReceiptCodeUsed(when=self.claim.at)
        if self.batch.revoked:
            return ReceiptCodeRevoked()
        return ReceiptCodeExpired(when=End(self.batch.expires)) if self.batch.expires <= at else None


def find_code(merchant: Merchant, text: str) -> FoundCode:
    """Refuses: UnknownReceiptCode, and as such that it is incomplete or mistyped."""
    code = read_code(text)
    with merchant_reads(merchant.id) as tx:
        return _found(tx, code, read_numbered(tx, code.number))


def hold_written(tx: Statements, code: Code) -> FoundCode:
    """As `find_code`, and nobody revokes the batch until the transaction ends."""
    return _found(tx, code, hold_numbered(tx, code.number))


def _found(tx: Statements, code: Code, batch: ReceiptBatchRow | None) -> FoundCode:
    """Nobody can tell a forged code from one of another shop."""
    if batch is None or code.serial >= batch.size or not is_genuine(code, unseal(batch.secret)):
        raise UnknownReceiptCode
    return FoundCode(batch, code.serial, read_claim(tx, batch.id, code.serial))

"""Which code somebody holds, and whether it can still be used."""

from datetime import datetime

import msgspec

from stampwell.languages.formatting import End
from stampwell.merchants.models import Merchant
from stampwell.receipts.codes import Code, UnknownReceiptCode, is_genuine, read_code
from stampwell.receipts.refusals import ReceiptCodeExpired, ReceiptCodeRevoked, ReceiptCodeUsed
from stampwell.receipts.rows import (
    ReceiptBatchRow,
    ReceiptClaimRow,
    ReceiptSeriesRow,
    hold_numbered,
    hold_of_receipt,
    read_claim,
    read_numbered,
    read_of_receipt,
    read_series,
)
from stampwell.receipts.series_codes import Place, is_code_at, place_in_code
from stampwell.refusal import Refusal
from stampwell.tokens import unseal
from stampwell.transactions import Statements, merchant_reads


class FoundCode(msgspec.Struct, frozen=True):
    """A genuine code of this shop: its batch, its serial there, and its use where it was used. `is_kept` is false where
    nothing but its series is known of it."""

    batch: ReceiptBatchRow
    serial: int
    claim: ReceiptClaimRow | None
    is_kept: bool = True

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
        return _found(tx, code, read_numbered(tx, code.number), hold=False)


def hold_written(tx: Statements, code: Code) -> FoundCode:
    """As `find_code`, and nobody revokes the batch until the transaction ends."""
    return _found(tx, code, hold_numbered(tx, code.number), hold=True)


def _found(tx: Statements, code: Code, batch: ReceiptBatchRow | None, *, hold: bool) -> FoundCode:
    """Nobody can tell a forged code from one of another shop."""
    if batch and code.serial < batch.size and is_genuine(code, unseal(batch.secret)):
        return FoundCode(batch, code.serial, read_claim(tx, batch.id, code.serial))
    place = place_in_code(code)
    series = read_series(tx, place.series)
    if series is None or not is_code_at(code, place, unseal(series.secret)):
        raise UnknownReceiptCode
    return _found_in_series(tx, series, place, hold=hold)


def _found_in_series(tx: Statements, series: ReceiptSeriesRow, place: Place, *, hold: bool) -> FoundCode:
    """Also where its receipt was used by another code, or revoked with it: a receipt earns once."""
    batch = series.batch_at(place)
    find = hold_of_receipt if hold else read_of_receipt
    kept = find(tx, series.program_id, series.given_by, series.receipt_at(place))
    if kept is None:
        return FoundCode(batch, 0, None, is_kept=False)
    batch = msgspec.structs.replace(batch, revoked=kept.revoked)
    return FoundCode(batch, 0, read_claim(tx, kept.id, 0), is_kept=kept.id == batch.id)

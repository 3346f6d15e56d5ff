"""Making a code in a series: no row but that of the series, which notes in a bit that the receipt has its code."""

from datetime import UTC, datetime, timedelta

import msgspec

from stampwell.clock import new_id
from stampwell.receipts.rows import ReceiptBatchRow, ReceiptSeriesRow
from stampwell.receipts.series_codes import MADE_BYTES, CountedReceipt, Place, new_series_number
from stampwell.transactions import Statements, columns_of

_SAME = ("program_id", "given_by", "begins", "digits", "expires", "end_alike", "daily_limit")
_SAME_OR_NONE = ("count", "currency", "location_id", "station_id", "api_key_id")
_FIND = f"""
    SELECT {columns_of(ReceiptSeriesRow)} FROM receipt_series
    WHERE merchant_id = %s AND {" AND ".join(f"{column} = %s" for column in _SAME)}
        AND {" AND ".join(f"{column} IS NOT DISTINCT FROM %s" for column in _SAME_OR_NONE)}
"""
_NOTE = """
    UPDATE receipt_series SET made = set_bit(made, %s, 1)
    WHERE merchant_id = %s AND id = %s AND get_bit(made, %s) = 0 RETURNING 1
"""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def make_in_series(
    tx: Statements, batch: ReceiptBatchRow, receipt: CountedReceipt, *, end_alike: bool
) -> tuple[ReceiptBatchRow, bool]:
    """The code that `batch` describes, and whether it is new. Where an end was given (not `end_alike`) it ends with a
    minute: the next one. Who asks for the same one at this moment is waited for.
    """
    expires, minutes = (batch.expires, 0) if end_alike else _within_day(batch.expires)
    series = _series_for(tx, _as_series(batch, receipt, expires=expires, end_alike=end_alike))
    is_new = tx.exists(_NOTE, (receipt.serial, tx.merchant_id, series.id, receipt.serial))
    place = Place(series.number, receipt.serial, minutes, batch.amount or 0)
    return series.batch_at(place), is_new


def _within_day(end: datetime) -> tuple[datetime, int]:
    """The end of its day in UTC, and by how many whole minutes it comes before that."""
    end = end.astimezone(UTC)
    begun = end.replace(hour=0, minute=0, second=0, microsecond=0)
    day_end = end if begun == end else begun + _DAY
    return day_end, (day_end - end) // _MINUTE


def _as_series(
    batch: ReceiptBatchRow, receipt: CountedReceipt, *, expires: datetime, end_alike: bool
) -> ReceiptSeriesRow:
    assert batch.given_by is not None, "a receipt is somebody's"
    assert (batch.amount is None) == (batch.currency is None), "its currency tells that the code holds an amount"
    return ReceiptSeriesRow(
        id=new_id(),
        program_id=batch.program_id,
        number=new_series_number(),
        given_by=batch.given_by,
        begins=receipt.begins,
        digits=receipt.digits,
        count=batch.count,
        currency=batch.currency,
        daily_limit=batch.daily_limit,
        expires=expires,
        end_alike=end_alike,
        location_id=batch.location_id,
        station_id=batch.station_id,
        api_key_id=batch.api_key_id,
        secret=batch.secret,
        created=batch.created,
    )


def _series_for(tx: Statements, wanted: ReceiptSeriesRow) -> ReceiptSeriesRow:
    """The one that is alike, or this one."""
    alike = (tx.merchant_id, *(getattr(wanted, column) for column in _SAME + _SAME_OR_NONE))
    while not (found := tx.row(ReceiptSeriesRow, _FIND, alike)):
        if tx.insert_new("receipt_series", wanted, made=bytes(MADE_BYTES)):
            return wanted
        wanted = msgspec.structs.replace(wanted, number=new_series_number())  # or somebody was faster
    return found

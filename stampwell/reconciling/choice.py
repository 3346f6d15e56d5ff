"""How a report is read and what it is about, as somebody has said it: kept with the reconciliation, and remembered."""

from datetime import date
from uuid import UUID

import msgspec

from stampwell.reconciling.till_reports import DateOrder

TOLERANCE, MOST_TOLERANCE = 20, 180  # minutes by which a till's clock may be wrong
LATEST_DAY_BEGINS = 8  # o'clock


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` has a field, or LEFT_OUT, for each column. `places` names our location by what the till calls it,
    folded; None for a place that is none of ours. `location_id` is where all of it was, where no column says it.

    `code_of_all` is what every row with a discount stands for. `day_begins` is the hour at which the till's day begins.
    The days are those that the report is about; None are its first and its last.
    """

    columns: list[str]
    encoding: str
    separator: str
    date_order: DateOrder = ""
    places: dict[str, UUID | None] = {}
    location_id: UUID | None = None
    code_of_all: str = ""
    tolerance: int = TOLERANCE
    day_begins: int = 0
    first_day: date | None = None
    last_day: date | None = None

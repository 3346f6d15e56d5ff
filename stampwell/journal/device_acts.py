"""The last acts at one device: what was stamped, handed out and restored there, newest first.

They are found as the journal's filters find theirs: by the stretches of events that hold something of this device. So
it is the same few reads at a shop of any size, and no stamp pays for an index by device. What happened this very
moment has no number yet and stands above.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from stampwell.events.rows import EventRow
from stampwell.insight.event_stretches import STRETCH, stretch_of, stretches_with
from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of

MOST = 50
ACTS = ("stamp.added", "voucher.redeemed", "voucher.reversed")
# An act of the device in each of them would fill the list.
MOST_STRETCHES = MOST
FIRST_STRETCHES = 4  # a device that is used all day has enough in these
LAST_NUMBER = 2**62
_COLUMNS = ", ".join(f"e.{column}" for column in columns_of(EventRow).split(", "))
_FITS = """
    e.merchant_id = %(merchant)s AND e.type = ANY(%(types)s) AND e.station_id = %(station)s AND e.at >= %(since)s
    AND (%(member)s::uuid IS NULL OR e.staff_member_id = %(member)s)
"""
_KINDS = """
    SELECT id FROM event_kind
    WHERE merchant_id = %(merchant)s AND type = ANY(%(types)s) AND device_id = %(station)s
        AND (%(member)s::uuid IS NULL OR staff_member_id = %(member)s)
"""
_FIRST_SINCE = """
    SELECT sequence FROM event
    WHERE merchant_id = %s AND at >= %s AND sequence IS NOT NULL ORDER BY at, id LIMIT 1
"""
# The inner LIMIT makes the planner read stretch by stretch, as in `reading`.
_NUMBERED = f"""
    SELECT {_COLUMNS} FROM unnest(%(stretches)s::bigint[]) AS stretch(number) CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM event e
        WHERE e.sequence > stretch.number * {STRETCH} AND e.sequence <= (stretch.number + 1) * {STRETCH} AND {_FITS}
        ORDER BY e.sequence DESC LIMIT %(most)s
    ) e
    ORDER BY e.sequence DESC LIMIT %(most)s
"""
_WAITING = f"""
    SELECT {_COLUMNS} FROM event e WHERE {_FITS} AND e.sequence IS NULL ORDER BY e.at DESC, e.id DESC LIMIT %(most)s
"""


def acts_at_device(
    tx: Statements, station_id: UUID, *, member_id: UUID | None = None, since: datetime
) -> list[EventRow]:
    """Fifty at most, of one person or, without one, of everybody."""
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "types": list(ACTS),
        "station": station_id,
        "member": member_id,
        "since": since,
        "most": MOST,
    }
    waiting = tx.later(EventRow, _WAITING, facts)
    first = tx.value(int, _FIRST_SINCE, (tx.merchant_id, since)) or LAST_NUMBER
    # Events are numbered by commit: one of before may have a later number, and the other way round.
    lowest = stretch_of(max(1, first - STRETCH))
    stretches = stretches_with(
        tx, tx.values(UUID, _KINDS, facts), lowest=lowest, highest=stretch_of(LAST_NUMBER), most=MOST_STRETCHES
    )
    rows = waiting.rows()
    for part in (stretches[:FIRST_STRETCHES], stretches[FIRST_STRETCHES:]):
        if part and len(rows) < MOST:
            rows = rows + tx.rows(EventRow, _NUMBERED, facts | {"stretches": part})
    return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:MOST]

"""Reading a page of the journal, at the same cost whatever is asked for and however far down.

Events are read in their order, the newest first, from a number downwards. With a filter only those stretches are read
that hold something for it (`insight/event_stretches`). Those that have no number yet, of this very moment, stand above.
Where words are looked for, what happened on the cards that they name is read, card by card.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.events.rows import EventRow
from stampwell.insight.event_stretches import STRETCH, KnownKind, stretch_of, stretches_with
from stampwell.journal.searching import Sought, look_for
from stampwell.journal.wanted import IS_FOLDED, IS_TOLD, Wanted, without_said_elsewhere
from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of

PAGE = 50
# Stretches that are looked through for one page: as each holds a line, more are hardly ever needed.
MOST_STRETCHES = 60
FIRST_STRETCHES = 4  # what is frequent is found in these
MOST_REFUSALS = 1_000  # that are unpacked for one page of those with a certain reason
LAST_NUMBER = 2**62


class Found(msgspec.Struct, frozen=True):
    """`older` is the number below which the next page begins; None where nothing older can be there.

    A page may be short although there is more, where the filter's lines lie far apart. `sought` is what the words
    named.
    """

    rows: list[EventRow]
    older: int | None
    sought: Sought | None = None


class _Place(msgspec.Struct, frozen=True):
    at: datetime
    id: UUID


class _Bounds(msgspec.Struct, frozen=True):
    """Numbers between which the events of a period lie; a few more than those, for they are numbered by commit."""

    above: int
    below: int


_COLUMNS = ", ".join(f"e.{column}" for column in columns_of(EventRow).split(", "))
_FITS = f"""
    e.merchant_id = %(merchant)s AND {IS_TOLD}
    AND (%(types)s::text[] IS NULL OR e.type = ANY(%(types)s))
    AND (%(person)s::uuid IS NULL OR e.staff_member_id = %(person)s)
    AND (%(device)s::uuid IS NULL OR e.station_id = %(device)s OR e.api_key_id = %(device)s)
    AND (%(location)s::uuid IS NULL OR e.location_id = %(location)s)
    AND (%(weekday)s::int IS NULL OR extract(isodow FROM e.at AT TIME ZONE %(zone)s) = %(weekday)s + 1)
    AND (%(hour)s::int IS NULL OR extract(hour FROM e.at AT TIME ZONE %(zone)s) = %(hour)s)
    AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s)
    AND (%(program)s::uuid IS NULL OR EXISTS (
        SELECT FROM card c
        WHERE c.merchant_id = %(merchant)s AND c.id = e.card_id AND c.program_id = %(program)s
    ))
    AND (NOT %(folded)s OR {IS_FOLDED} IS NOT TRUE)
    AND (%(source)s::text IS NULL OR e.source = %(source)s)
    AND (%(first_id)s::uuid IS NULL OR e.id BETWEEN %(first_id)s AND %(last_id)s)
"""
_IN_ORDER = f"""
    SELECT {_COLUMNS} FROM event e
    WHERE {_FITS} AND e.sequence > %(above)s AND e.sequence < %(below)s
    ORDER BY e.sequence DESC LIMIT %(limit)s
"""
# The inner LIMIT makes the planner read stretch by stretch: it would else guess that one holds a ninth of all events.
_IN_STRETCHES = f"""
    SELECT {_COLUMNS} FROM unnest(%(stretches)s::bigint[]) AS stretch(number) CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM event e
        WHERE e.sequence > stretch.number * {STRETCH} AND e.sequence <= (stretch.number + 1) * {STRETCH}
          AND e.sequence < %(below)s AND {_FITS}
        ORDER BY e.sequence DESC LIMIT %(limit)s
    ) e
    ORDER BY e.sequence DESC LIMIT %(limit)s
"""
# Card by card, so that each index is read no further than the page goes. One event may be of two trails.
_OF_TRAILS = f"""
    SELECT DISTINCT ON (e.at, e.id) {_COLUMNS}
    FROM unnest(%(cards)s::uuid[], %(vouchers)s::uuid[], %(moments)s::timestamptz[]) AS trail(card_id, voucher_id, at)
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM event e
        WHERE e.card_id = trail.card_id AND (trail.voucher_id IS NULL OR e.voucher_id = trail.voucher_id)
          AND e.at >= coalesce(trail.at, '-infinity') AND e.at <= coalesce(trail.at, 'infinity')
          AND e.at <= %(before_at)s AND (e.at, e.id) < (%(before_at)s, %(before_id)s) AND {_FITS}
        ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
    ) e
    ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
"""
_PLACE = "SELECT at, id FROM event WHERE merchant_id = %s AND sequence = %s"
_WAITING = f"""
    SELECT {_COLUMNS} FROM event e WHERE {_FITS} AND e.sequence IS NULL ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
"""
_FIRST_SINCE = """
    SELECT sequence FROM event
    WHERE merchant_id = %s AND at >= %s AND sequence IS NOT NULL ORDER BY at, id LIMIT 1
"""


def read_page(tx: Statements, wanted: Wanted, kinds: list[KnownKind], *, below: int | None, most: int = PAGE) -> Found:
    """The newest lines, or those below a number.

    Nobody can look into an event by SQL, so of a certain reason all refusals are read and told apart here.
    """
    if not wanted.reasons:
        found = _read_page(tx, wanted, kinds, below=below, most=most)
        return msgspec.structs.replace(found, rows=without_said_elsewhere(found.rows))
    found = _read_page(tx, wanted, kinds, below=below, most=max(most, MOST_REFUSALS))
    those = [row for row in found.rows if row.facts.get("reason") in wanted.reasons]
    if len(those) <= most or (last := those[most - 1].sequence) is None:
        return Found(those, found.older, found.sought)
    return Found(those[:most], last, found.sought)


def _read_page(tx: Statements, wanted: Wanted, kinds: list[KnownKind], *, below: int | None, most: int) -> Found:
    facts = _facts(tx, wanted, most)
    if wanted.words:
        return _read_trails(tx, look_for(tx, wanted), facts, below=below)
    waiting = [] if below else tx.rows(EventRow, _WAITING, facts)
    bounds = _bounds_of(tx, wanted, below or LAST_NUMBER)
    if wanted.has_filter:
        found = _read_stretches(tx, wanted, kinds, bounds, facts)
    else:
        found = _cut(tx.rows(EventRow, _IN_ORDER, facts | {"above": bounds.above, "below": bounds.below}), most, None)
    rows = sorted(waiting + found.rows, key=lambda row: (row.at, row.id), reverse=True)
    return Found(rows, found.older)


def _read_trails(tx: Statements, sought: Sought, facts: dict[str, Any], *, below: int | None) -> Found:
    place = tx.row(_Place, _PLACE, (tx.merchant_id, below)) if below else None
    given = facts | {
        "cards": [trail.card_id for trail in sought.trails],
        "vouchers": [trail.voucher_id for trail in sought.trails],
        "moments": [trail.at for trail in sought.trails],
        "before_at": place.at if place else "infinity",
        "before_id": place.id if place else UUID(int=0),
    }
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")  # how many trails there are differs with all words
    most: int = facts["limit"] - 1
    rows = tx.rows(EventRow, _OF_TRAILS, given)
    if len(rows) <= most:
        return Found(rows, None, sought)
    # The next page begins behind a line that has a number; what has none yet may stand among the others.
    last = max((place for place, row in enumerate(rows[:most]) if row.sequence), default=None)
    return Found(rows[:most], None, sought) if last is None else Found(rows[: last + 1], rows[last].sequence, sought)


def _read_stretches(
    tx: Statements, wanted: Wanted, kinds: list[KnownKind], bounds: _Bounds, facts: dict[str, Any]
) -> Found:
    stretches = stretches_with(
        tx,
        [kind.id for kind in kinds if wanted.fits(kind)],
        lowest=stretch_of(bounds.above + 1),
        highest=stretch_of(bounds.below - 1),
        most=MOST_STRETCHES,
    )
    most: int = facts["limit"] - 1
    facts = facts | {"below": bounds.below}
    rows: list[EventRow] = []
    for part in (stretches[:FIRST_STRETCHES], stretches[FIRST_STRETCHES:]):
        if part and len(rows) <= most:
            rows += tx.rows(EventRow, _IN_STRETCHES, facts | {"stretches": part})
    may_be_more = len(stretches) == MOST_STRETCHES
    return _cut(rows, most, stretches[-1] * STRETCH + 1 if may_be_more else None)


def _cut(rows: list[EventRow], most: int, older: int | None) -> Found:
    if len(rows) <= most:
        return Found(rows, older)
    return Found(rows[:most], rows[most - 1].sequence)


def _bounds_of(tx: Statements, wanted: Wanted, below: int) -> _Bounds:
    since, until = _times_of(wanted)
    first = _first_since(tx, since) if since else 1
    after = _first_since(tx, until) if until else LAST_NUMBER
    return _Bounds(above=max(0, first - STRETCH), below=min(below, after + STRETCH))


def _first_since(tx: Statements, moment: datetime) -> int:
    return tx.value(int, _FIRST_SINCE, (tx.merchant_id, moment)) or LAST_NUMBER


def _times_of(wanted: Wanted) -> tuple[datetime | None, datetime | None]:
    return (wanted.part.since, wanted.part.until) if wanted.part else (wanted.since, wanted.until)


def _facts(tx: Statements, wanted: Wanted, most: int) -> dict[str, Any]:
    since, until = _times_of(wanted)
    part = wanted.part
    return {
        "merchant": tx.merchant_id,
        "left_out": wanted.left_out,
        "types": wanted.types,
        "person": wanted.person,
        "device": wanted.device,
        "location": wanted.location,
        "program": part.program if part else wanted.program,
        "weekday": wanted.weekday,
        "hour": wanted.hour,
        "zone": wanted.zone,
        "since": since,
        "until": until,
        "folded": wanted.is_folded,
        "source": part.source if part else None,
        "first_id": part.first_id if part else None,
        "last_id": part.last_id if part else None,
        "limit": most + 1,
    }

"""How often what was drawn in a program, without reading all of its draws.

Draws are numbered, and what is taken back is told by the number of the latest draw of then (`taken_back_after`). So
both are only ever added at the end: what was counted up to a number stays as it is, and only what came since is read.
Nothing is done for it when somebody draws.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.transactions import Statements, merchant_transaction, merchants_where

AT_ONCE = 10_000  # draws in one transaction
WORTH_IT = 200  # so many that are not counted yet are read whenever somebody asks
_NO_END = 2**31 - 1


class Tally(msgspec.Struct, frozen=True):
    """`drawn` is by the id of a draw and the place of a prize in its table, each milestone once; `given` by the name
    that a prize is counted by, without those that were taken back; `months` by the first of each, by the shop's clock.
    """

    drawn: dict[str, dict[int, int]] = {}
    given: dict[str, int] = {}
    months: dict[date, int] = {}

    def drawn_of(self, draw_id: UUID) -> dict[int, int]:
        return self.drawn.get(str(draw_id), {})


class _KeptRow(msgspec.Struct, frozen=True):
    counted: int
    tally: str  # JSON, as the driver is told to leave it


class _SinceRow(msgspec.Struct, frozen=True):
    """Draws that are alike, or `reward_id` is None: what was taken back of a name."""

    reward_id: UUID | None
    place: int
    known_as: str
    month: date
    is_first: bool
    times: int


_KEPT = "SELECT counted, tally FROM draw_tally WHERE merchant_id = %s AND program_id = %s"
# A milestone that is reached again has the value that it had: chance spoke once.
_SINCE = """
    SELECT reward_id, drawn AS place, known_as, date_trunc('month', day)::date AS month, repeats IS NULL AS is_first,
        count(*) AS times
    FROM draw
    WHERE merchant_id = %(merchant)s AND program_id = %(program)s AND number > %(counted)s AND number <= %(last)s
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT NULL, 0, known_as, '2000-01-01', false, count(*) FROM draw
    WHERE merchant_id = %(merchant)s AND program_id = %(program)s
        AND taken_back_after >= %(counted)s AND taken_back_after < %(last)s
    GROUP BY known_as
"""
_WAITING = """
    SELECT DISTINCT c.merchant_id FROM draw_chain c
    LEFT JOIN draw_tally t ON t.merchant_id = c.merchant_id AND t.program_id = c.program_id
    WHERE c.drawn - coalesce(t.counted, 0) >= %s
"""
_BEHIND = """
    SELECT c.program_id AS id, max(c.drawn) AS drawn FROM draw_chain c
    LEFT JOIN draw_tally t ON t.merchant_id = c.merchant_id AND t.program_id = c.program_id
    WHERE c.merchant_id = %s AND c.drawn - coalesce(t.counted, 0) >= %s
    GROUP BY c.program_id
"""
_BEGIN = """
    INSERT INTO draw_tally (id, merchant_id, program_id, counted, tally) VALUES (%s, %s, %s, 0, '{}')
    ON CONFLICT (merchant_id, program_id) DO NOTHING
"""
_MOVE_ON = "UPDATE draw_tally SET counted = %s, tally = %s WHERE merchant_id = %s AND program_id = %s"


def read_tally(tx: Statements, program_id: UUID) -> Tally:
    """Of all draws up to now: those that are counted, and what came since."""
    kept = tx.row(_KeptRow, _KEPT, (tx.merchant_id, program_id))
    return _further(tx, program_id, kept or _KeptRow(0, "{}"), _NO_END)


def merchants_with_untallied_draws() -> list[UUID]:
    return merchants_where(_WAITING, (WORTH_IT,))


def tally_draws(merchant_id: UUID) -> bool:
    """Counts on in each program where that is worth it; whether there may be more to count."""
    with merchant_transaction(merchant_id) as tx:
        behind = tx.rows(_Behind, _BEHIND, (merchant_id, WORTH_IT))
        return any(_count_on(tx, program) for program in behind)


class _Behind(msgspec.Struct, frozen=True):
    id: UUID
    drawn: int


def _count_on(tx: Statements, program: _Behind) -> bool:
    """Up to a draw that there is: whatever was taken back before it was taken back under its lock, and is seen here."""
    tx.write(_BEGIN, (new_id(), tx.merchant_id, program.id))
    kept = tx.row(_KeptRow, _KEPT + " FOR UPDATE", (tx.merchant_id, program.id))
    assert kept is not None, "it was begun above"
    last = min(kept.counted + AT_ONCE, program.drawn)
    if last <= kept.counted:  # another worker was here
        return False
    tally = _further(tx, program.id, kept, last)
    tx.write(_MOVE_ON, (last, msgspec.json.encode(tally).decode(), tx.merchant_id, program.id))
    return last < program.drawn


def _further(tx: Statements, program_id: UUID, kept: _KeptRow, last: int) -> Tally:
    """Both in one statement, for a draw is given and taken back by two."""
    facts = {"merchant": tx.merchant_id, "program": program_id, "counted": kept.counted, "last": last}
    return _with(msgspec.json.decode(kept.tally, type=Tally), tx.rows(_SinceRow, _SINCE, facts))


def _with(tally: Tally, rows: Iterable[_SinceRow]) -> Tally:
    drawn = {draw: Counter(places) for draw, places in tally.drawn.items()}
    given, months = Counter(tally.given), Counter(tally.months)
    for row in rows:
        if row.reward_id is None:
            given[row.known_as] -= row.times
            continue
        given[row.known_as] += row.times
        months[row.month] += row.times
        if row.is_first:
            drawn.setdefault(str(row.reward_id), Counter())[row.place] += row.times
    return Tally({draw: dict(places) for draw, places in drawn.items()}, dict(given), dict(months))

"""What the life of one card adds to the figures of its program: each thing that is counted has a name.

| figure | day | number |
|---|---|---|
| `joined`, `saved`, `came`, `came_again`, `filled`, `rewarded` | on which the card was given | 0: cards that did so |
| `still_came` | on which the card was given | 1, 2, 4, 8: cards that were stamped so many weeks later, or after |
| `visit` | of the visit | days since the visit before, 0 for the first one |
| `month` | the first of a month with a visit | months since the month of the visit before, 0 for the first one |
| `waited` | on which a reward was handed out | days that it had been ready |
| `to_go` | none: as it stands now | stamps to go: active cards |
| `collected` | none | the goal: stamps on those cards |
| `open` | none | 0 ready, 1 not ready yet: rewards |

A card that came from a file joined on no day that we know: it is in no figure of the day on which it was given, and
its first visit here is not the first one, for it had been in use elsewhere.

From the days between two visits follows who came in a period, each card once, without a look at any card: it is
counted with its first visit there, which is the one whose visit before lies before the period.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

type Figure = Literal[
    "joined",
    "saved",
    "came",
    "came_again",
    "filled",
    "rewarded",
    "still_came",
    "visit",
    "month",
    "waited",
    "to_go",
    "collected",
    "open",
]
STEPS: tuple[Figure, ...] = ("joined", "saved", "came", "came_again", "filled", "rewarded")
WEEKS = (1, 2, 4, 8)
LONGEST = 400  # days: more than any period; what is longer is counted as so long


class Life(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    program_id: UUID
    joined: date | None
    is_active: bool
    is_saved: bool
    is_filled: bool
    visits: list[date]
    handed_out: list[date]
    waited: list[int]
    stamps: int
    goal: int
    ready: int
    pending: int


class Counted(msgspec.Struct, frozen=True):
    """What is counted together."""

    figure: Figure
    program_id: UUID
    day: date | None
    number: int


def count_life(life: Life) -> Counter[Counted]:
    counted: Counter[Counted] = Counter()
    for figure, day, number in _once(life):
        counted[Counted(figure, life.program_id, day, number)] += 1
    if life.is_active:
        counted[Counted("to_go", life.program_id, None, life.goal - life.stamps)] += 1
        counted[Counted("collected", life.program_id, None, life.goal)] += life.stamps
        counted[Counted("open", life.program_id, None, 0)] += life.ready
        counted[Counted("open", life.program_id, None, 1)] += life.pending
    return counted


def _once(life: Life) -> Iterator[tuple[Figure, date, int]]:
    if life.joined:
        yield from _since_joining(life, life.joined)
    first = 0 if life.joined else LONGEST
    for before, day in zip([None, *life.visits], life.visits, strict=False):
        yield "visit", day, min((day - before).days, LONGEST) if before else first
        if before is None or before.replace(day=1) < day.replace(day=1):
            yield "month", day.replace(day=1), _months(day) - _months(before) if before else first
    for day, waited in zip(life.handed_out, life.waited, strict=True):
        yield "waited", day, min(waited, LONGEST)


def _since_joining(life: Life, joined: date) -> Iterator[tuple[Figure, date, int]]:
    for step in _steps(life):
        yield step, joined, 0
    for weeks in WEEKS:
        if life.visits and life.visits[-1] >= joined + timedelta(weeks=weeks):
            yield "still_came", joined, weeks


def _steps(life: Life) -> Iterator[Figure]:
    yield "joined"
    if life.is_saved:
        yield "saved"
    if life.visits:
        yield "came"
    if len(life.visits) > 1:
        yield "came_again"
    if life.is_filled:
        yield "filled"
    if life.handed_out:
        yield "rewarded"


def _months(day: date) -> int:
    return day.year * 12 + day.month

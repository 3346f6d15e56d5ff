"""The one source of time and of ids: nothing else asks the machine for either."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

LAST_ID = UUID(int=2**128 - 1)  # behind all others
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_stopped_at: datetime | None = None
_made_while_stopped = count()


def now() -> datetime:
    return _stopped_at or datetime.now(UTC)


def as_stopped(moment: datetime) -> datetime:
    """What the clock of another machine says; where time stands still, it does so there too."""
    return _stopped_at or moment


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, method 3): new rows land at the end of every index, and what one process makes later
    sorts later. It leaks its time, so never a secret."""
    milliseconds, fraction = divmod(_ticks(), 4096)
    chance = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)


def _ticks() -> int:
    """The time in ticks of 1/4096 millisecond, the finest that an id holds."""
    if _stopped_at is None:
        return time.time_ns() * 4096 // 1_000_000
    # One tick for each id, or those that are made while time stands still would not sort in the order of their making.
    return _milliseconds(_stopped_at) * 4096 + next(_made_while_stopped)


def id_at(moment: datetime) -> UUID:
    """The lowest id of this moment's millisecond: what was made before it has a lower one."""
    return UUID(int=_milliseconds(moment) << 80 | 0x7 << 76 | 0x2 << 62)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


@contextmanager
def stopped_at(moment: datetime | None) -> Iterator[None]:
    """Time stands still at `moment`, in this process only; with None it goes on by the machine's clock. For tests and
    rehearsals.
    """
    global _stopped_at
    before, _stopped_at = _stopped_at, moment
    try:
        yield
    finally:
        _stopped_at = before

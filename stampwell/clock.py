"""The one source of time and of ids: nothing else asks the machine for either."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

_stopped_at: datetime | None = None


def now() -> datetime:
    return _stopped_at or datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, method 3): new rows land at the end of every index, and what one process makes later
    sorts later. It leaks its time, so never a secret."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    chance = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)


def id_at(moment: datetime) -> UUID:
    """The lowest id of this moment's millisecond: what was made before it has a lower one."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Time stands still at `moment`, in this process only. For tests and rehearsals."""
    global _stopped_at
    before, _stopped_at = _stopped_at, moment
    try:
        yield
    finally:
        _stopped_at = before

"""From when until when a voucher can be used. Days are those of the clock where it is given, and end at midnight where
it can be used (`merchants/clocks.py`).
"""

from datetime import datetime, timedelta

from stampwell.merchants.clocks import Clocks
from stampwell.merchants.local_time import local_day

DAY_SECONDS = 86_400


def ready_at(
    clocks: Clocks, at: datetime, *, active_after_seconds: int, active_from: datetime | None = None
) -> datetime:
    """When a voucher that is given now can be used: after its wait, and not before `active_from`."""
    waited = _waited(clocks, at, active_after_seconds)
    return max(waited, active_from) if active_from else waited


def _waited(clocks: Clocks, at: datetime, active_after_seconds: int) -> datetime:
    """A wait of whole days ends when the last of these days begins."""
    days, seconds = divmod(active_after_seconds, DAY_SECONDS)
    if days and not seconds:
        return clocks.start_of_day(clocks.day_at(at) + timedelta(days=days))
    return at + timedelta(seconds=active_after_seconds)


def ends_at(
    clocks: Clocks, ready: datetime, *, valid_days: int | None, valid_until: datetime | None
) -> datetime | None:
    """When it can be used no longer; None means never. “7 days” are the rest of this day and seven whole ones."""
    days = clocks.end_of_day(clocks.day_at(ready) + timedelta(days=valid_days)) if valid_days else None
    return min((end for end in (days, valid_until) if end), default=None)


def longer_by_days(clocks: Clocks, end: datetime, *, since: datetime, until: datetime) -> datetime:
    """An end that is later by the days between two moments; one in the middle of a day by the very time."""
    clock, last_day = clocks.clock_of(end), clocks.last_day(end)
    if end != clocks.end_of_day(last_day):
        return end + (until - since)
    return clocks.end_of_day(last_day + (local_day(clock, until) - local_day(clock, since)))


def earnable_until(clocks: Clocks, valid_until: datetime, *, active_after_seconds: int) -> datetime:
    """From when on a reward with this end can no longer be earned: its voucher would be over before it is ready."""
    days, seconds = divmod(active_after_seconds, DAY_SECONDS)
    if days and not seconds:
        return clocks.end_of_day(clocks.last_day(valid_until) - timedelta(days=days))
    return valid_until - timedelta(seconds=active_after_seconds)

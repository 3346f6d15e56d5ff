"""From when until when a voucher can be used. Days are those of the clock where it is given, and end at midnight where
it can be used (`merchants/clocks.py`).
"""

from datetime import datetime, timedelta

from stampwell.merchants.clocks import Clocks
from stampwell.merchants.local_time import local_day

DAY_SECONDS = 86_400


def ready_at(
    clocks: Clocks,
    at: datetime,
    *,
    active_after_seconds: int,
    active_from: datetime | None = None,
    from_next_visit: bool = False,
) -> datetime:
    """When a voucher that is given now can be used: after its wait, and not before `active_from`. Where it waits for
    the next visit, that is the earliest moment for it: a visit of the same day is none.
    """
    moments = [_waited(clocks, at, active_after_seconds)]
    if active_from:
        moments.append(active_from)
    if from_next_visit:
        moments.append(clocks.end_of_day(clocks.day_at(at)))
    return max(moments)


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


def earnable_until(
    clocks: Clocks, valid_until: datetime, *, active_after_seconds: int, from_next_visit: bool = False
) -> datetime:
    """From when on a reward with this end can no longer be earned: its voucher would be over before it is ready."""
    end = _before_a_wait(clocks, valid_until, active_after_seconds)
    return min(end, clocks.start_of_day(clocks.last_day(valid_until))) if from_next_visit else end


def _before_a_wait(clocks: Clocks, valid_until: datetime, active_after_seconds: int) -> datetime:
    days, seconds = divmod(active_after_seconds, DAY_SECONDS)
    if days and not seconds:
        return clocks.end_of_day(clocks.last_day(valid_until) - timedelta(days=days))
    return valid_until - timedelta(seconds=active_after_seconds)

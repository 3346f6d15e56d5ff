"""When a kept scan happened: what a device's clock says is believed within what we know for certain."""

from datetime import UTC, datetime, timedelta

import msgspec

CLOCKS_DIFFER = timedelta(minutes=2)  # also what a slow upload adds
OLDEST = timedelta(days=7)
LATEST_MOMENT = 7_258_118_400_000  # the year 2200, in milliseconds: further no clock is wrong
FIRST_MOMENT, LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime.fromtimestamp(LATEST_MOMENT / 1000, UTC)


class Believed(msgspec.Struct, frozen=True):
    """`clock` is whether the device's own time was believed; else it is the time of arrival."""

    at: datetime
    clock: bool


def is_moment(said: datetime) -> bool:
    """Whether any clock could say it. At the ends of the calendar a moment can be stored, and never be read again."""
    return FIRST_MOMENT <= said < LAST_MOMENT


def corrected(scanned_at: datetime, *, sent_at: datetime, received_at: datetime) -> datetime:
    """A clock that is wrong is wrong by the same when it sends: what counts is how long before that it was."""
    return received_at - (sent_at - scanned_at)


def believe(
    claimed: datetime, *, received_at: datetime, not_before: datetime | None, previous: datetime | None
) -> Believed:
    """`not_before` is when the device was last heard of before it scanned, `previous` when its scan before happened.

    A little before the one before is that very moment: scans of one device are in order.
    """
    earliest = max([received_at - OLDEST, *(at - CLOCKS_DIFFER for at in (not_before, previous) if at)])
    if not earliest <= claimed <= received_at + CLOCKS_DIFFER:
        return Believed(received_at, clock=False)
    return Believed(min(max(claimed, previous or claimed), received_at), clock=True)

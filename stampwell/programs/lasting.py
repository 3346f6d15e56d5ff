"""From when until when a voucher can be used. Days are those of the shop's clock, and end at its midnight."""

from datetime import datetime, timedelta

from stampwell.merchants.local_time import end_of_day, last_day_before, local_day, start_of_day
from stampwell.merchants.models import Merchant

DAY_SECONDS = 86_400


def ready_at(merchant: Merchant, at: datetime, *, active_after_seconds: int) -> datetime:
    """When a voucher that is given now can be used. A wait of whole days ends when the last of these days begins."""
    days, seconds = divmod(active_after_seconds, DAY_SECONDS)
    if days and not seconds:
        return start_of_day(merchant, local_day(merchant, at) + timedelta(days=days))
    return at + timedelta(seconds=active_after_seconds)


def ends_at(
    merchant: Merchant, ready: datetime, *, valid_days: int | None, valid_until: datetime | None
) -> datetime | None:
    """When it can be used no longer; None means never. “7 days” are the rest of this day and seven whole ones."""
    days = end_of_day(merchant, local_day(merchant, ready) + timedelta(days=valid_days)) if valid_days else None
    return min((end for end in (days, valid_until) if end), default=None)


def longer_by_days(merchant: Merchant, end: datetime, *, since: datetime, until: datetime) -> datetime:
    """An end that is later by the days between two moments; one in the middle of a day by the very time."""
    last_day = last_day_before(merchant, end)
    if end != end_of_day(merchant, last_day):
        return end + (until - since)
    return end_of_day(merchant, last_day + (local_day(merchant, until) - local_day(merchant, since)))


def earnable_until(merchant: Merchant, valid_until: datetime, *, active_after_seconds: int) -> datetime:
    """From when on a reward with this end can no longer be earned: its voucher would be over before it is ready."""
    days, seconds = divmod(active_after_seconds, DAY_SECONDS)
    if days and not seconds:
        return end_of_day(merchant, last_day_before(merchant, valid_until) - timedelta(days=days))
    return valid_until - timedelta(seconds=active_after_seconds)

"""From when on a voucher says that it ends soon: so many days before its end as its reward wants, in the morning.

Its customer is told once (`reminding`). Whoever gets the voucher, or its end, after that hour knows it by then.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.vouchers.rows import VoucherRow, held_by_nobody, state_at

MORNING = time(10)


def ends_soon_from(merchant: Merchant, voucher: VoucherRow) -> datetime | None:
    """By the clock by which its end is told. None where its reward wants no reminder, or it has no end, or waits for a
    visit from which its days are counted.
    """
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    if reward.remind_days_before is None or voucher.expires is None or voucher.awaits_visit:
        return None
    clocks = clocks_of(merchant, reward.location_ids)
    day = clocks.last_day(voucher.expires) - timedelta(days=reward.remind_days_before)
    return datetime.combine(day, MORNING, clocks.zone_of(voucher.expires)).astimezone(UTC)


def ends_soon_since(merchant: Merchant, voucher: VoucherRow, at: datetime) -> datetime | None:
    """Since when it says so; None where it does not, also while nobody could use it: its code is still to come."""
    begins = ends_soon_from(merchant, voucher)
    if begins is None or begins > at or voucher.waits_since is not None:
        return None
    return begins if state_at(held_by_nobody(voucher), at) == "ready" else None


def remind_of(merchant: Merchant, voucher: VoucherRow, at: datetime) -> datetime | None:
    """When its customer is to be told, of a voucher as it is from `at` on; None where nobody has to be."""
    begins = ends_soon_from(merchant, voucher)
    return begins if begins and begins > max(at, voucher.ready) else None


def zone_of_end(merchant: Merchant, voucher: VoucherRow) -> ZoneInfo:
    """In which the end of such a voucher is told."""
    assert voucher.expires is not None, "what never ends is not told to"
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    return clocks_of(merchant, reward.location_ids).zone_of(voucher.expires)

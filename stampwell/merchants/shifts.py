"""A shift: who works at a device, from the PIN until it is locked, the PIN changes, or it has lasted long enough."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F

from stampwell.clock import now
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.transactions import merchant_transaction

SHIFT_LASTS = timedelta(hours=12)


def begin_next_shift(merchant: Merchant, station: Station, member: StaffMember | None = None) -> int:
    """Ends whatever shift there was at the station; the number of the one that begins, if somebody signs in."""
    at = now()
    with merchant_transaction(merchant.id):
        Station.objects.filter(merchant=merchant, id=station.id).update(
            shift_number=F("shift_number") + 1,
            shift_member_id=member.id if member else None,
            shift_began=at if member else None,
            shift_changed=at,
        )
        return Station.objects.values_list("shift_number", flat=True).get(merchant=merchant, id=station.id)


def who_works_at(station: Station) -> UUID | None:
    """As far as the station's row tells: nobody, once the shift has lasted as long as a shift may."""
    is_over = station.shift_began is None or abs(now() - station.shift_began) >= SHIFT_LASTS
    return None if is_over or station.revoked else station.shift_member_id

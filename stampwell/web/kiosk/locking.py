"""The kiosk's settings are open for a few minutes to an owner or a manager who has entered their PIN there.

That is a shift at this device, and stands in its row: so it needs no cookie, and a new PIN or leaving ends it too.
"""

from datetime import timedelta

from stampwell.clock import now
from stampwell.merchants.managers import managers_with_pin
from stampwell.merchants.models import StaffMember
from stampwell.merchants.shifts import begin_next_shift, who_works_at
from stampwell.web.stations.presence import Counter

OPEN_FOR = timedelta(minutes=5)


def who_opened(counter: Counter) -> StaffMember | None:
    """Who may change the settings now; None while they are locked."""
    began, member_id = counter.station.shift_began, who_works_at(counter.station)
    if began is None or abs(now() - began) >= OPEN_FOR:
        return None
    return next((member for member in managers_with_pin(counter.merchant) if member.id == member_id), None)


def unlock(counter: Counter, member: StaffMember) -> None:
    begin_next_shift(counter.merchant, counter.station, member)


def lock(counter: Counter) -> None:
    if counter.station.shift_member_id is not None:
        begin_next_shift(counter.merchant, counter.station)

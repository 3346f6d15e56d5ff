"""By which clock something is counted, in a shop whose locations are in several time zones.

What happens at a location goes by the clock on its wall. What happens at none of them, as on a customer's phone, goes
by the shop's own. A day of a reward is over when it is over wherever the reward can be used: nobody who reads
“8 December” comes too late there. The shop's row knows which locations have another clock than the shop itself, so
whoever stamps asks nothing more. docs/rules/clocks.md
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from stampwell.merchants.local_time import (
    Clock,
    end_of_day,
    last_day_before,
    local_day,
    local_time,
    start_of_day,
)
from stampwell.merchants.locations import places_that_count
from stampwell.merchants.models import Merchant


class Clocks(msgspec.Struct, frozen=True):
    """`own` is the shop's, `here` that of where something happens, and `all` those of where it counts."""

    own: Clock
    here: Clock
    all: tuple[Clock, ...]

    def day_at(self, at: datetime) -> date:
        """The day that it is here; where nothing of it counts here, the latest day of where it does."""
        if self.here in self.all:
            return local_day(self.here, at)
        return max(local_day(clock, at) for clock in self.all)

    def start_of_day(self, day: date) -> datetime:
        """When the day has begun on each clock."""
        return max(start_of_day(clock, day) for clock in self.all)

    def end_of_day(self, day: date) -> datetime:
        """When the day is over on each clock."""
        return self.start_of_day(day + timedelta(days=1))

    def clock_of(self, end: datetime) -> Clock:
        """The clock on which a day ends at that moment, if it was counted in days; else the shop's."""
        for clock in self.all:
            if self.end_of_day(last_day_before(clock, end)) == end == end_of_day(clock, last_day_before(clock, end)):
                return clock
        return self.own

    def zone_of(self, end: datetime) -> ZoneInfo:
        """In which this end is told: there it is the end of a day."""
        return ZoneInfo(self.clock_of(end).time_zone)

    def last_day(self, end: datetime) -> date:
        """The last day of what ends at this moment."""
        return last_day_before(self.clock_of(end), end)

    def shown_at(self, at: datetime) -> list[datetime]:
        """What the clocks show that count here: the one on the wall, and where there is none, those of the places."""
        counting = [self.here] if self.here in self.all else self.all
        return [local_time(clock, at) for clock in counting]


def clock_at(merchant: Merchant, location_id: UUID | None) -> Clock:
    """The clock on the wall of a location; of no location, the shop's."""
    return Clock(merchant.location_zones.get(str(location_id), merchant.time_zone))


def clocks_of(merchant: Merchant, location_ids: Collection[UUID] = (), *, here: UUID | None = None) -> Clocks:
    """For what counts at these locations, or without any at all of them, and happens `here`."""
    own, place = Clock(merchant.time_zone), clock_at(merchant, here)
    if not merchant.location_zones:
        return Clocks(own, own, (own,))
    if places := places_that_count(merchant, list(location_ids)):
        zones = {clock_at(merchant, place).time_zone for place in places}
    else:
        elsewhere = {UUID(place): zone for place, zone in merchant.location_zones.items()}
        zones = {zone for place, zone in elsewhere.items() if place not in merchant.closed_locations}
        zones.add(merchant.time_zone)
    return Clocks(own, place, tuple(Clock(zone) for zone in sorted(zones)))

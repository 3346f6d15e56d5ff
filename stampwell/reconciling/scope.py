"""What a report is about. Of what lies outside of it nobody can say that it was not used."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.reconciling.shown import OurCode, Shown


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """`until` is when the report ends: what was shown later than its last row, on its last day, may yet be used.

    `places` are the locations that it is about; empty means all.
    """

    first_day: date
    last_day: date
    until: datetime | None = None
    places: frozenset[UUID] = frozenset()

    def covers(self, one: Shown, code: OurCode) -> bool:
        if not self.first_day <= one.day <= self.last_day or (self.until and one.at > self.until):
            return False
        if not self.places:
            return True
        if one.location_id:
            return one.location_id in self.places
        # Where a code counts at one place alone, it was used there or nowhere; else nobody knows where.
        return not code.places or code.places <= self.places

"""Who works at an enrolled phone."""

from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

import msgspec
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.merchants.pins import pin_mark
from stampwell.merchants.shifts import SHIFT_LASTS, begin_next_shift
from stampwell.web.stations.presence import Counter, set_cookie

SHIFT_COOKIE = f"{settings.COOKIE_PREFIX}shift"
_SALT = "stampwell.scanner.shift"


class Shift(msgspec.Struct, frozen=True):
    """A staff member who has signed in at a counter."""

    counter: Counter
    member: StaffMember

    @property
    def merchant(self) -> Merchant:
        return self.counter.merchant

    @property
    def actor(self) -> Actor:
        station = self.counter.station
        return Actor(
            source="scanner",
            location_id=station.location_id,
            station_id=station.id,
            staff_member_id=self.member.id,
        )


def find_shift(request: HttpRequest, counter: Counter) -> Shift | None:
    """Who works here: until twelve hours are over, the device is locked, the PIN changes or the person leaves."""
    try:
        kept = signing.loads(request.COOKIES.get(SHIFT_COOKIE, ""), salt=_SALT)
        station_id, member_id, began, mark, number = kept
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if (station_id, number) != (counter.station.id.hex, counter.station.shift_number):
        return None
    if abs(now() - datetime.fromtimestamp(began, UTC)) >= SHIFT_LASTS:
        return None
    member = StaffMember.objects.filter(merchant=counter.merchant, id=UUID(member_id), left__isnull=True).first()
    return Shift(counter, member) if member and compare_digest(pin_mark(member).hex(), str(mark)) else None


def begin_shift(response: HttpResponse, shift: Shift) -> None:
    """Whoever worked at this device before works there no longer."""
    number = begin_next_shift(shift.merchant, shift.counter.station, shift.member)
    kept = (
        shift.counter.station.id.hex,
        shift.member.id.hex,
        int(now().timestamp()),
        pin_mark(shift.member).hex(),
        number,
    )
    set_cookie(response, SHIFT_COOKIE, signing.dumps(kept, salt=_SALT), SHIFT_LASTS)


def end_shift(response: HttpResponse, counter: Counter) -> None:
    """At this device, also for whoever has kept the cookie."""
    begin_next_shift(counter.merchant, counter.station)
    forget_shift(response)


def forget_shift(response: HttpResponse) -> None:
    set_cookie(response, SHIFT_COOKIE, "", timedelta(0))

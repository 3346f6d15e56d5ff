"""Which enrolled device asks, and who is working at it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.languages.offered import choose_locale, match_tag
from stampwell.merchants.access import find_merchant
from stampwell.merchants.enrolling import find_station
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Location, Merchant, StaffMember, Station
from stampwell.merchants.shifts import SHIFT_LASTS, begin_next_shift
from stampwell.release import our_version
from stampwell.transactions import merchant_transaction

STATION_COOKIE = f"{settings.COOKIE_PREFIX}station"
SHIFT_COOKIE = f"{settings.COOKIE_PREFIX}shift"
# Browsers keep no cookie longer; each visit starts it anew.
STATION_LASTS = timedelta(days=400)
SEEN_EVERY = timedelta(minutes=1)
_SALT = "stampwell.scanner.shift"


class Counter(msgspec.Struct, frozen=True):
    """An enrolled device and the place where it stands."""

    merchant: Merchant
    station: Station
    location: Location

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)


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


def find_counter(request: HttpRequest) -> Counter | None:
    """The device that asks; None once it was revoked, at once."""
    slug, _, rest = request.COOKIES.get(STATION_COOKIE, "").partition(":")
    station_id, _, credential = rest.partition(":")
    merchant = find_merchant(slug) if "\0" not in slug else None
    known_id = _uuid(station_id)
    if merchant is None or known_id is None:
        return None
    station = find_station(merchant, known_id, credential)
    if station is None or station.kind != Station.Kind.SCANNER:
        return None
    return Counter(merchant, station, find_location(merchant.id, station.location_id))


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
    return Shift(counter, member) if member and compare_digest(_pin_mark(member), str(mark)) else None


def remember_station(response: HttpResponse, merchant: Merchant, station: Station, credential: str) -> None:
    _set_cookie(response, STATION_COOKIE, f"{merchant.slug}:{station.id.hex}:{credential}", STATION_LASTS)


def remember_longer(request: HttpRequest, response: HttpResponse, counter: Counter) -> None:
    """A device in use stays enrolled, and the owner sees when it was last there."""
    _set_cookie(response, STATION_COOKIE, request.COOKIES[STATION_COOKIE], STATION_LASTS)
    station, at = counter.station, now()
    if station.last_seen is None or abs(at - station.last_seen) > SEEN_EVERY:
        with merchant_transaction(counter.merchant.id):
            Station.objects.filter(merchant=counter.merchant, id=station.id).update(last_seen=at, release=our_version())


def note_scan(counter: Counter) -> None:
    """A scan costs nothing more: this is written once a minute, not for each."""
    station, at = counter.station, now()
    if station.last_scan is None or abs(at - station.last_scan) > SEEN_EVERY:
        with merchant_transaction(counter.merchant.id):
            Station.objects.filter(merchant=counter.merchant, id=station.id).update(last_seen=at, last_scan=at)


def begin_shift(response: HttpResponse, shift: Shift) -> None:
    """Whoever worked at this device before works there no longer."""
    number = begin_next_shift(shift.merchant, shift.counter.station, shift.member)
    kept = (shift.counter.station.id.hex, shift.member.id.hex, int(now().timestamp()), _pin_mark(shift.member), number)
    _set_cookie(response, SHIFT_COOKIE, signing.dumps(kept, salt=_SALT), SHIFT_LASTS)


def end_shift(response: HttpResponse, counter: Counter) -> None:
    """At this device, also for whoever has kept the cookie."""
    begin_next_shift(counter.merchant, counter.station)
    forget_shift(response)


def forget_shift(response: HttpResponse) -> None:
    _set_cookie(response, SHIFT_COOKIE, "", timedelta(0))


def choose_staff_locale(request: HttpRequest, merchant: Merchant) -> str:
    """The language chosen on this phone, else the phone's own, else the merchant's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return match_tag(chosen) or choose_locale(request.headers.get("Accept-Language", ""), merchant.locale)


def _set_cookie(response: HttpResponse, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(name, value, max_age=lasts, secure=settings.HTTPS, httponly=True, samesite="Lax")


def _pin_mark(member: StaffMember) -> str:
    """Changes with the PIN, and says nothing about it: what it is made of is salted and hashed already."""
    return sha256(member.pin_hash.encode()).hexdigest()[:16]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

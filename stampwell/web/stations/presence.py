"""Which enrolled device asks. A device may be a station of each kind: each kind keeps its credential in a cookie of
its own.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from stampwell.languages.offered import choose_locale, match_tag
from stampwell.merchants.access import find_merchant
from stampwell.merchants.enrolling import find_revoked_station, find_station
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Location, Merchant, Station
from stampwell.merchants.seeing import NOTHING, note_opened, note_scanned
from stampwell.release import our_version

STATION_COOKIES = {
    Station.Kind.SCANNER: f"{settings.COOKIE_PREFIX}station",
    Station.Kind.KIOSK: f"{settings.COOKIE_PREFIX}kiosk",
    Station.Kind.AUTOPILOT: f"{settings.COOKIE_PREFIX}autopilot",
}
# Browsers keep no cookie longer; each visit starts it anew.
STATION_LASTS = timedelta(days=400)


class Counter(msgspec.Struct, frozen=True):
    """An enrolled device and the place where it stands."""

    merchant: Merchant
    station: Station
    location: Location

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)


def find_counter(request: HttpRequest, kind: Station.Kind) -> Counter | None:
    """The device that asks, as a station of this kind; None once it was revoked, at once."""
    return _find(request, kind, find_station)


def find_counter_handing_in(request: HttpRequest, kind: Station.Kind) -> Counter | None:
    """As `find_counter`, and also a device that was switched off lately: for what it had kept, and nothing else."""
    return _find(request, kind, find_station) or _find(request, kind, find_revoked_station)


def _find(
    request: HttpRequest, kind: Station.Kind, find: Callable[[Merchant, UUID, str], Station | None]
) -> Counter | None:
    slug, _, rest = request.COOKIES.get(STATION_COOKIES[kind], "").partition(":")
    station_id, _, credential = rest.partition(":")
    merchant = find_merchant(slug) if "\0" not in slug else None
    known_id = _uuid(station_id)
    if merchant is None or known_id is None:
        return None
    station = find(merchant, known_id, credential)
    if station is None or station.kind != kind:
        return None
    return Counter(merchant, station, find_location(merchant.id, station.location_id))


def remember_station(response: HttpResponse, merchant: Merchant, station: Station, credential: str) -> None:
    cookie = STATION_COOKIES[Station.Kind(station.kind)]
    set_cookie(response, cookie, f"{merchant.slug}:{station.id.hex}:{credential}", STATION_LASTS)


def remember_longer(request: HttpRequest, response: HttpResponse, counter: Counter) -> None:
    """A device in use stays enrolled, and the owner sees when it was last there."""
    cookie = STATION_COOKIES[Station.Kind(counter.station.kind)]
    set_cookie(response, cookie, request.COOKIES[cookie], STATION_LASTS)
    note_opened(counter.merchant, counter.station, our_version())


def note_scan(counter: Counter) -> None:
    """A scan was sent alone. Where a device keeps any it sends none past them, so it keeps none."""
    note_scanned(counter.merchant, counter.station, NOTHING)


def choose_staff_locale(request: HttpRequest, merchant: Merchant) -> str:
    """The language chosen on this device, else the device's own, else the merchant's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return match_tag(chosen) or choose_locale(request.headers.get("Accept-Language", ""), merchant.locale)


def set_cookie(response: HttpResponse, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(name, value, max_age=lasts, secure=settings.HTTPS, httponly=True, samesite="Lax")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""A shop and its locations as everybody outside sees them."""

from datetime import datetime

from msgspec import Struct

from stampwell.ids import public_id
from stampwell.merchants.holidays import Holiday, read_holidays
from stampwell.merchants.hours import Week
from stampwell.merchants.models import Location, Merchant


class Position(Struct, frozen=True):
    """Degrees; five decimals, which is a metre, so that a position read and written again stays the same."""

    latitude: float
    longitude: float


class MerchantFacts(Struct, frozen=True, kw_only=True):
    """The two limits bound what staff at the scanner and programs give at once. Where the shop `writes_to_customers`,
    by whatever means, whoever joins is asked whether it may.

    `closed_at` is null but where whoever runs the server has closed the shop: it can be read, and nothing is written.
    """

    id: str
    slug: str
    name: str
    locale: str
    currency: str
    time_zone: str
    most_stamps_at_once: int
    most_stamps_with_override: int
    writes_to_customers: bool
    closed_at: datetime | None


class LocationFacts(Struct, frozen=True, kw_only=True):
    """`opening_hours` by ISO weekday, "1" to "7"; empty means always open. On `holidays` their own hours count, and
    without any the location is closed; where several hold on one day, that of a single year does, and then the shorter
    one.

    `closed_at` is null but where the shop has given the place up: its history stays.
    """

    id: str
    name: str
    address: str
    time_zone: str
    opening_hours: Week
    holidays: list[Holiday]
    position: Position | None
    closed_at: datetime | None


def describe_merchant(merchant: Merchant) -> MerchantFacts:
    return MerchantFacts(
        id=public_id("mer", merchant.id),
        slug=merchant.slug,
        name=merchant.name,
        locale=merchant.locale,
        currency=merchant.currency,
        time_zone=merchant.time_zone,
        most_stamps_at_once=merchant.most_stamps_at_once,
        most_stamps_with_override=merchant.most_stamps_with_override,
        writes_to_customers=merchant.writes_to_customers,
        closed_at=merchant.closed,
    )


def describe_location(location: Location) -> LocationFacts:
    return LocationFacts(
        id=public_id("loc", location.id),
        name=location.name,
        address=location.address,
        time_zone=location.time_zone,
        opening_hours=location.opening_hours,
        holidays=read_holidays(location.holidays),
        position=position_of(location),
        closed_at=location.closed,
    )


def position_of(location: Location) -> Position | None:
    if location.latitude is None or location.longitude is None:
        return None
    return Position(round(float(location.latitude), 5), round(float(location.longitude), 5))

"""GET /locations, GET and PATCH /locations/{id}."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, validate
from msgspec import UNSET, Meta, UnsetType

from stampwell.customers.contact import Unfit
from stampwell.ids import wanted_id
from stampwell.languages.patterns import whole
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.changing import change_location_parts
from stampwell.merchants.describing import LocationFacts, Position, describe_location
from stampwell.merchants.holidays import LONGEST_NAME as LONGEST_HOLIDAY_NAME
from stampwell.merchants.holidays import Holiday, HolidayUnclear, TooManyHolidays
from stampwell.merchants.hours import MOST_SPANS, HoursUnclear
from stampwell.merchants.location_drafts import LocationParts
from stampwell.merchants.locations import LocationClosed, find_location
from stampwell.merchants.models import Location
from stampwell.merchants.zones import TimeZoneUnknown
from stampwell.programs.drafting import Clock
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, changing, reading
from stampwell.web.api.asking import LocationPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import LocationNotAllowed
from stampwell.web.api.shapes import Asked, final, fit

TAGS = ["Locations"]
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_ZONE = 100, 300, 64
MOST_SHOWN = 200
Weekday = Annotated[str, whole("[1-7]", most=1, told="By ISO: 1 is Monday, 7 Sunday.")]
Spans = Annotated[list[Annotated[list[Clock], Meta(min_length=2, max_length=2)]], Meta(max_length=MOST_SPANS)]


class LocationsFacts(msgspec.Struct, frozen=True):
    locations: list[LocationFacts]


class PositionAsked(Asked, frozen=True, kw_only=True):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class HolidayAsked(Asked, frozen=True, kw_only=True):
    """From `first_day` until `last_day`, both included; without `hours` the location is closed."""

    first_day: date
    last_day: date
    every_year: bool = False
    name: Annotated[str, final(LONGEST_HOLIDAY_NAME)] = ""
    hours: Spans = []


class LocationChangeAsked(Asked, frozen=True, kw_only=True):
    """What is left out stays as it is. `opening_hours` and `holidays` are all that the location has then: {} is always
    open, a weekday that is left out is closed. null as `position` takes it away.
    """

    name: Annotated[str, final(LONGEST_NAME)] | UnsetType = UNSET
    address: Annotated[str, final(LONGEST_ADDRESS)] | UnsetType = UNSET
    time_zone: Annotated[str, Meta(max_length=LONGEST_ZONE)] | UnsetType = UNSET
    opening_hours: dict[Weekday, Spans] | UnsetType = UNSET
    holidays: list[HolidayAsked] | UnsetType = UNSET
    position: PositionAsked | UnsetType | None = UNSET


class Locations(ApiController):
    @validate(
        *reading(LocationsFacts),
        auth=[KeyWith()],
        summary="List locations",
        description="All locations of the shop, also those that are closed for good, the oldest first.",
        operation_id="listLocations",
        tags=TAGS,
    )
    def get(self) -> HttpResponse:
        rows = Location.objects.filter(merchant_id=self.caller.merchant.id).order_by("id")[:MOST_SHOWN]
        return self.answer(LocationsFacts([describe_location(row) for row in rows]))


class OneLocation(ApiController):
    @validate(
        *reading(LocationFacts, NotFound),
        auth=[KeyWith()],
        summary="Read a location",
        description="Where it is, when it is open, its holidays and its time zone.",
        operation_id="readLocation",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[LocationPath]) -> HttpResponse:
        found = find_location(self.caller.merchant.id, wanted_id("loc", parsed_path.location_id))
        return self.answer(describe_location(found))

    @validate(
        *changing(
            LocationFacts,
            NotFound,
            LocationClosed,
            LocationNotAllowed,
            TimeZoneUnknown,
            HoursUnclear,
            HolidayUnclear,
            TooManyHolidays,
        ),
        auth=[KeyWith(Scope.LOCATIONS_WRITE)],
        summary="Change a location",
        description="Changes the fields that are sent. The cards in phones that show them change by themselves.",
        operation_id="changeLocation",
        tags=TAGS,
    )
    def patch(
        self,
        parsed_path: Path[LocationPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[LocationChangeAsked],
    ) -> HttpResponse:
        parts = _parts_of(parsed_body)
        return self.answer_once(
            idempotency_key,
            lambda: _change(self.caller, wanted_id("loc", parsed_path.location_id), parts),
            status=lambda _facts: HTTPStatus.OK,
        )


def _change(caller: ApiCaller, location_id: UUID, parts: LocationParts) -> LocationFacts:
    found = find_location(caller.merchant.id, location_id)
    if caller.actor.location_id not in (None, found.id):
        raise LocationNotAllowed
    return change_location_parts(caller.merchant, found.id, parts, actor=caller.actor)


def _parts_of(asked: LocationChangeAsked) -> LocationParts:
    """Refuses: InvalidRequest."""
    name, address, week, holidays, position = (
        asked.name,
        asked.address,
        asked.opening_hours,
        asked.holidays,
        asked.position,
    )
    return LocationParts(
        name=UNSET if name is UNSET else fit("/name", lambda: _name(name)),
        address=UNSET if address is UNSET else fit("/address", lambda: _line(address, LONGEST_ADDRESS)),
        time_zone=asked.time_zone,
        opening_hours=UNSET if week is UNSET else _whole_week(week),
        holidays=UNSET if holidays is UNSET else [_holiday(place, one) for place, one in enumerate(holidays)],
        position=_position(position) if isinstance(position, PositionAsked) else position,
    )


def _name(text: str) -> str:
    """Raises Unfit."""
    if not (name := _line(text, LONGEST_NAME)):
        raise Unfit("too_short")
    return name


def _line(text: str, limit: int) -> str:
    """Raises Unfit."""
    line = clean_text(text[:LONGEST_GIVEN])
    if len(line) > limit:
        raise Unfit("too_long", limit)
    return line


def _position(asked: PositionAsked) -> Position:
    return Position(round(asked.latitude, 5), round(asked.longitude, 5))


def _whole_week(week: dict[str, list[list[str]]]) -> dict[str, list[list[str]]]:
    """As the desk writes it: every weekday, or none."""
    return {str(day): week.get(str(day), []) for day in range(1, 8)} if week else {}


def _holiday(place: int, asked: HolidayAsked) -> Holiday:
    name = fit(f"/holidays/{place}/name", lambda: _line(asked.name, LONGEST_HOLIDAY_NAME))
    return Holiday(
        first_day=asked.first_day,
        last_day=asked.last_day,
        every_year=asked.every_year,
        name=name,
        hours=asked.hours,
    )

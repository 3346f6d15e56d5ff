"""By which clock something counts in a shop whose locations are in several time zones."""

from datetime import UTC, date, datetime
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from stampwell.clock import new_id
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.clocks import clock_at, clocks_of
from stampwell.merchants.closing_locations import close_location, open_location
from stampwell.merchants.local_time import Clock
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Merchant
from stampwell.programs.lasting import ends_at, ready_at
from tests.world import Shop

RIGA, LONDON = Clock("Europe/Riga"), Clock("Europe/London")
HERE, THERE, FAR = new_id(), new_id(), new_id()  # FAR is a location with the shop’s own clock
DAY = date(2026, 12, 8)


def shop(**zones: str) -> Merchant:
    places = {"here": HERE, "there": THERE}
    return Merchant(time_zone="Europe/Riga", location_zones={str(places[name]): zone for name, zone in zones.items()})


def utc(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_location_has_its_own_clock() -> None:
    chain = shop(here="Europe/London")

    assert clock_at(chain, HERE) == LONDON
    assert clock_at(chain, FAR) == RIGA
    assert clock_at(chain, None) == RIGA
    assert clocks_of(shop(), here=HERE).all == (RIGA,)


@pytest.mark.parametrize(
    ("zones", "places", "ends"),
    [
        ({}, [], utc(12, 8, 22)),
        ({"here": "Europe/London"}, [], utc(12, 9, 0)),
        ({"here": "Europe/London"}, [HERE], utc(12, 9, 0)),
        ({"here": "Europe/London"}, [FAR], utc(12, 8, 22)),
        ({"here": "Pacific/Kiritimati"}, [], utc(12, 8, 22)),
        ({"here": "Pacific/Kiritimati"}, [HERE], utc(12, 8, 10)),
        ({"here": "Pacific/Kiritimati", "there": "Etc/GMT+12"}, [], utc(12, 9, 12)),
        ({"here": "Pacific/Kiritimati", "there": "Etc/GMT+12"}, [HERE, THERE], utc(12, 9, 12)),
        ({"here": "Asia/Kathmandu"}, [HERE], utc(12, 8, 18, 15)),
    ],
)
def test_a_day_is_over_when_it_is_over_everywhere(zones: dict[str, str], places: list[UUID], ends: datetime) -> None:
    clocks = clocks_of(shop(**zones), places)

    assert clocks.end_of_day(DAY) == ends
    assert clocks.last_day(ends) == DAY  # and is told as the day that it ends
    assert clocks.start_of_day(date(2026, 12, 9)) == ends


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 10, 24), utc(10, 24, 23)),  # both change their clocks in the night that follows
        (date(2026, 10, 25), utc(10, 26, 0)),
        (date(2027, 3, 27), utc(3, 28, 0, year=2027)),
        (date(2027, 3, 28), utc(3, 28, 23, year=2027)),
    ],
)
def test_days_end_right_when_clocks_are_changed(day: date, ends: datetime) -> None:
    clocks = clocks_of(shop(here="Europe/London"))

    assert clocks.end_of_day(day) == ends
    assert clocks.last_day(ends) == day
    assert clocks.zone_of(ends).key == "Europe/London"


def test_an_end_in_the_middle_of_a_day_is_told_by_the_shops_clock() -> None:
    clocks = clocks_of(shop(here="Europe/London"))

    assert clocks.clock_of(utc(12, 8, 15, 30)) == RIGA
    assert clocks.clock_of(utc(12, 8, 22)) == RIGA  # midnight there, but in London the day goes on
    assert clocks.last_day(utc(12, 8, 22)) == DAY


def test_days_are_counted_from_the_day_of_the_place() -> None:
    """Half past ten in the evening of 1 December in London, half past midnight of the 2nd in Riga."""
    night, chain = utc(12, 1, 22, 30), shop(here="Europe/London")

    def last_day(*places: UUID, here: UUID | None) -> date:
        clocks = clocks_of(chain, places, here=here)
        end = ends_at(clocks, night, valid_days=7, valid_until=None)
        assert end is not None
        return clocks.last_day(end)

    assert last_day(here=HERE) == date(2026, 12, 8)
    assert last_day(here=FAR) == last_day(here=None) == date(2026, 12, 9)
    assert last_day(FAR, here=HERE) == date(2026, 12, 9)  # used in Riga alone, where it is the 2nd already
    assert last_day(HERE, here=FAR) == date(2026, 12, 8)  # used in London alone
    assert ready_at(clocks_of(chain, here=HERE), night, active_after_seconds=86_400) == utc(12, 2, 0)
    assert ready_at(clocks_of(chain, here=FAR), night, active_after_seconds=86_400) == utc(12, 3, 0)


def test_the_row_of_the_shop_follows_its_locations(lume: Shop) -> None:
    def zones() -> dict[str, str]:
        kept: dict[str, str] = Merchant.objects.get(id=lume.merchant.id).location_zones
        return kept

    draft = LocationDraft(name="Soho", time_zone="Europe/London")
    soho = add_location(lume.merchant, draft, actor=lume.actor)
    assert zones() == {str(soho.id): "Europe/London"}

    close_location(lume.merchant, soho.id, moves={}, actor=lume.actor)
    assert clocks_of(Merchant.objects.get(id=lume.merchant.id)).all == (RIGA,)
    open_location(lume.merchant, soho.id, actor=lume.actor)
    assert clocks_of(Merchant.objects.get(id=lume.merchant.id)).all == (LONDON, RIGA)

    change_location(lume.merchant, soho.id, LocationDraft(name="Soho", time_zone="Europe/Riga"), actor=lume.actor)
    assert zones() == {}


def test_shops_of_before_know_their_locations_after_the_upgrade(lume: Shop, rossi: Shop) -> None:
    soho = add_location(lume.merchant, LocationDraft(name="Soho", time_zone="Europe/London"), actor=lume.actor)
    Merchant.objects.update(location_zones={})

    with connection.schema_editor() as editor:
        import_module("stampwell.migrations.0075_location_zones").note_zones(None, editor)

    assert Merchant.objects.get(id=lume.merchant.id).location_zones == {str(soho.id): "Europe/London"}
    assert Merchant.objects.get(id=rossi.merchant.id).location_zones == {}

"""On holidays a location is closed or has other hours, by its own clock."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import OutsideHours
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import DeskChange, Event
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.closing_locations import close_location
from stampwell.merchants.describing import describe_location
from stampwell.merchants.holidays import (
    MOST_HOLIDAYS,
    Holiday,
    HolidayUnclear,
    TooManyHolidays,
    holiday_on,
    keep_holidays,
)
from stampwell.merchants.hours import HoursUnclear, Week
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.locations import is_open
from stampwell.merchants.models import Location
from stampwell.refusal import Refusal
from tests.world import Shop

CHRISTMAS = Holiday(first_day=date(2026, 12, 24), last_day=date(2026, 12, 26), every_year=True, name="Christmas")
TURN = Holiday(first_day=date(2026, 12, 30), last_day=date(2027, 1, 2), every_year=True)
DAILY: Week = {str(day): [["08:00", "18:00"]] for day in range(1, 8)}
NIGHTLY: Week = {str(day): [["18:00", "02:00"]] for day in range(1, 8)}


def on(year: int, month: int, day: int, *, every_year: bool = False, hours: tuple[str, str] | None = None) -> Holiday:
    it = date(year, month, day)
    return Holiday(first_day=it, last_day=it, every_year=every_year, hours=[list(hours)] if hours else [])


def place(*holidays: Holiday, week: Week | None = None, zone: str = "Europe/Riga") -> Location:
    return Location(name="Old Town", time_zone=zone, opening_hours=week or {}, holidays=keep_holidays(holidays))


def utc(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_holiday_holds_from_its_first_day_until_its_last() -> None:
    once = Holiday(first_day=date(2026, 12, 24), last_day=date(2026, 12, 26))

    held = [day for day in range(22, 29) if holiday_on([once], date(2026, 12, day))]

    assert held == [24, 25, 26]
    assert holiday_on([once], date(2027, 12, 25)) is None


@pytest.mark.parametrize("year", [2025, 2026, 2031])
def test_what_is_every_year_returns_also_around_new_year(year: int) -> None:
    assert holiday_on([CHRISTMAS], date(year, 12, 25)) == CHRISTMAS
    assert holiday_on([CHRISTMAS], date(year, 12, 27)) is None
    held = [day for day in (date(year, 12, 29), date(year, 12, 30), date(year, 1, 2)) if holiday_on([TURN], day)]
    assert held == [date(year, 12, 30), date(year, 1, 2)]
    assert holiday_on([TURN], date(year, 1, 3)) is None


def test_the_29th_of_february_comes_in_leap_years() -> None:
    leap = on(2028, 2, 29, every_year=True)

    assert holiday_on([leap], date(2032, 2, 29)) == leap
    assert holiday_on([leap], date(2027, 2, 28)) is None
    assert holiday_on([leap], date(2027, 3, 1)) is None


def test_the_exception_goes_before_what_is_usual() -> None:
    market = on(2026, 12, 25, hours=("10:00", "14:00"))
    eve = on(2026, 12, 24, every_year=True, hours=("08:00", "12:00"))

    assert holiday_on([CHRISTMAS, market, eve], date(2026, 12, 25)) == market
    assert holiday_on([market, CHRISTMAS, eve], date(2027, 12, 25)) == CHRISTMAS
    assert holiday_on([CHRISTMAS, eve], date(2026, 12, 24)) == eve


def test_a_location_is_closed_on_a_holiday_by_its_own_clock() -> None:
    always, daily = place(CHRISTMAS), place(CHRISTMAS, week=DAILY)

    assert is_open(always, utc(12, 23, 21, 59))
    assert not is_open(always, utc(12, 23, 22))  # midnight in Riga
    assert not is_open(always, utc(12, 26, 21, 59))
    assert is_open(always, utc(12, 26, 22))
    assert not is_open(daily, utc(12, 24, 10))
    assert is_open(daily, utc(12, 27, 10))
    assert is_open(place(CHRISTMAS, zone="Pacific/Kiritimati"), utc(12, 26, 10))  # 27 December there
    assert not is_open(place(CHRISTMAS, zone="Etc/GMT+12"), utc(12, 27, 11, 59))  # still the 26th there
    assert not is_open(place(CHRISTMAS, zone="Asia/Kathmandu"), utc(12, 23, 18, 15))
    assert is_open(place(CHRISTMAS, zone="Asia/Kathmandu"), utc(12, 23, 18, 14))


def test_a_holiday_may_have_other_hours_also_over_midnight() -> None:
    short = place(on(2026, 12, 23, hours=("10:00", "14:00")), week=DAILY)
    late = place(on(2026, 12, 31, hours=("20:00", "04:00")), on(2027, 1, 1), week=NIGHTLY)

    assert [is_open(short, utc(12, 23, hour)) for hour in (7, 8, 11, 12)] == [False, True, True, False]
    assert is_open(late, utc(1, 1, 1, 59, year=2027))  # the night of New Year’s Eve goes on, though 1 January is closed
    assert not is_open(late, utc(1, 1, 2, year=2027))
    assert not is_open(late, utc(1, 1, 17, year=2027))


def test_the_night_before_a_holiday_goes_on() -> None:
    bar = place(on(2026, 11, 18), week=NIGHTLY)

    assert is_open(bar, utc(11, 17, 23))  # one o’clock on the 18th in Riga: the night of the 17th
    assert not is_open(bar, utc(11, 18, 17))
    assert not is_open(bar, utc(11, 18, 23))  # and there is no night of the 18th
    assert is_open(bar, utc(11, 19, 17))


def test_a_holiday_lasts_as_long_as_its_day_when_clocks_are_changed() -> None:
    longest, shortest = place(on(2026, 10, 25)), place(on(2027, 3, 28))

    assert not is_open(longest, utc(10, 24, 21))
    assert not is_open(longest, utc(10, 25, 21, 59))
    assert is_open(longest, utc(10, 25, 22))
    assert not is_open(shortest, utc(3, 27, 22, year=2027))
    assert not is_open(shortest, utc(3, 28, 20, 59, year=2027))
    assert is_open(shortest, utc(3, 28, 21, year=2027))


def draft(*holidays: Holiday) -> LocationDraft:
    return LocationDraft(name="Café Lume", time_zone="Europe/Riga", holidays=list(holidays))


@pytest.mark.parametrize(
    ("holidays", "refusal"),
    [
        ([Holiday(first_day=date(2026, 12, 26), last_day=date(2026, 12, 24))], HolidayUnclear),
        ([Holiday(first_day=date(2026, 1, 1), last_day=date(2027, 1, 1))], HolidayUnclear),
        ([on(1999, 12, 31)], HolidayUnclear),
        ([on(3000, 1, 1)], HolidayUnclear),
        ([on(2026, 12, 24, hours=("08:00", "08:00"))], HoursUnclear),
        ([Holiday(first_day=date(2026, 1, 1), last_day=date(2026, 1, 1), hours=[["8:00", "9:00"]] * 11)], HoursUnclear),
        ([CHRISTMAS] * (MOST_HOLIDAYS + 1), TooManyHolidays),
    ],
)
def test_what_is_no_holiday_is_refused(lume: Shop, holidays: list[Holiday], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        add_location(lume.merchant, draft(*holidays), actor=lume.actor)
    with pytest.raises(refusal):
        change_location(lume.merchant, lume.location.id, draft(*holidays), actor=lume.actor)

    assert not Event.objects.filter(type__startswith="location.").exists()


def test_holidays_are_shown_as_they_were_given_in_the_order_of_their_days(lume: Shop) -> None:
    change_location(lume.merchant, lume.location.id, draft(TURN, CHRISTMAS), actor=lume.actor)

    assert describe_location(Location.objects.get(id=lume.location.id)).holidays == [CHRISTMAS, TURN]
    event = Event.objects.get(type="location.changed")
    assert event.data["changed"] == ["holidays"]
    assert event.data["location"]["holidays"][0] == {
        "first_day": "2026-12-24",
        "last_day": "2026-12-26",
        "every_year": True,
        "name": "Christmas",
        "hours": [],
    }


def test_all_other_open_locations_may_get_the_same_holidays(lume: Shop, rossi: Shop) -> None:
    may = [on(2026, 5, 4)]
    annex, given_up = (
        add_location(lume.merchant, msgspec.structs.replace(draft(*may), name=name), actor=lume.actor)
        for name in ("Annex", "Given up")
    )
    close_location(lume.merchant, given_up.id, moves={}, actor=lume.actor)
    DeskChange.objects.all().delete()

    change_location(lume.merchant, lume.location.id, draft(CHRISTMAS), holidays_everywhere=True, actor=lume.actor)

    kept = {row.name: describe_location(row).holidays for row in Location.objects.all()}
    assert (kept["Café Lume"], kept["Annex"]) == ([CHRISTMAS], [CHRISTMAS])
    assert kept["Given up"] == [on(2026, 5, 4)]
    assert describe_location(Location.objects.get(merchant=rossi.merchant)).holidays == []
    assert sorted(DeskChange.objects.values_list("kind", "name")) == [
        ("location.changed", "Annex"),
        ("location.changed", "Café Lume"),
    ]
    assert describe_location(Location.objects.get(id=annex.id)).name == "Annex"


@pytest.mark.moment(utc(12, 23, 12))
def test_a_program_of_opening_hours_gives_nothing_on_a_holiday(lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0, "only_when_open": True}).card()
    change_location(lume.merchant, lume.location.id, draft(CHRISTMAS), actor=lume.actor)
    here = Actor(source="scanner", location_id=lume.location.id)

    with stopped_at(utc(12, 23, 21, 59)):
        add_stamp(lume.merchant, card.id, Purchase(), actor=here)
    with stopped_at(utc(12, 23, 22)), pytest.raises(OutsideHours):
        add_stamp(lume.merchant, card.id, Purchase(), actor=here)

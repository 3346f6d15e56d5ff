"""The figures of a day, a week, a month and a year, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.clock import stopped_at
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import StaffMember
from stampwell.web.dashboard.start.figures import Figures, figures_of
from stampwell.web.dashboard.start.hour_map import level_of
from stampwell.web.dashboard.start.period import Days, Length, Period, period_on
from tests.following import follow_everything
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_cards import stamp
from tests.world import Shop

THURSDAY = datetime(2026, 11, 26, 12, 20, tzinfo=UTC)  # twenty past two in Riga
TODAY = THURSDAY.date()


def period(length: Length, on: date = TODAY, today: date = TODAY) -> Period:
    return period_on(length, on, today)


def figures(shop: Shop, length: Length, on: date = TODAY) -> Figures:
    with stopped_at(THURSDAY):
        follow_everything()
        return figures_of(shop.merchant, period_on(length, on, local_day(shop.merchant, THURSDAY)))


def sums(of: Figures) -> tuple[int, str]:
    return of.tiles[0].sum, of.tiles[0].change


@pytest.mark.parametrize(
    ("length", "on", "before"),
    [
        ("day", TODAY, Days(date(2026, 11, 19), date(2026, 11, 19))),
        ("week", TODAY, Days(date(2026, 11, 13), date(2026, 11, 19))),
        ("month", TODAY, Days(date(2026, 10, 1), date(2026, 10, 26))),
        ("month", date(2026, 10, 3), Days(date(2026, 9, 1), date(2026, 9, 30))),
        ("year", TODAY, Days(date(2025, 1, 1), date(2025, 11, 26))),
        ("year", date(2025, 7, 1), Days(date(2024, 1, 1), date(2024, 12, 31))),
    ],
)
def test_it_is_compared_with_as_much_of_the_time_before(length: Length, on: date, before: Days) -> None:
    assert period(length, on).before == before


def test_a_month_is_compared_with_a_shorter_one_and_a_leap_day_with_the_day_before() -> None:
    assert period("month", date(2027, 3, 30), date(2027, 3, 30)).before == Days(date(2027, 2, 1), date(2027, 2, 28))
    assert period("year", date(2028, 2, 29), date(2028, 2, 29)).before == Days(date(2027, 1, 1), date(2027, 2, 28))


@pytest.mark.parametrize("length", ["day", "week", "month", "year"])
def test_a_step_back_and_a_step_forward_lead_to_the_same_days(length: Length) -> None:
    middle = period(length, date(2024, 2, 29))

    assert middle.earlier
    assert middle.later
    assert middle.earlier.days.last == middle.days.first - timedelta(days=1)
    assert middle.earlier.later == middle
    assert middle.later.earlier == middle
    assert period(length).later is None, "nothing leads into the future"


@pytest.mark.moment(THURSDAY - timedelta(days=7))
def test_today_is_compared_with_the_same_weekday_until_this_hour(lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    stamp(card, 3)
    with stopped_at(THURSDAY - timedelta(days=7) + timedelta(hours=3)):
        stamp(card, 4)
    with stopped_at(THURSDAY):
        stamp(card, 2)

    assert sums(figures(lume, "day")) == (2, "−1 compared with 3")
    assert figures(lume, "week").today[0].change == "−1 compared with 3"
    assert sums(figures(lume, "day", on=TODAY - timedelta(days=7))) == (7, "+7 compared with 0")


@pytest.mark.moment(datetime(2026, 10, 31, 12, 0, tzinfo=UTC))
def test_each_length_counts_its_own_days(lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    stamp(card, 5)
    with stopped_at(THURSDAY - timedelta(days=6)):
        stamp(card, 2)
    with stopped_at(THURSDAY):
        stamp(card, 1)

    week, month, year = figures(lume, "week"), figures(lume, "month"), figures(lume, "year")
    october = figures(lume, "month", on=date(2026, 10, 1))

    assert [row.counts.stamps for row in week.rows] == [2, 0, 0, 0, 0, 0, 1]
    assert sums(month) == (3, "+3 compared with 0")  # not with the 31st, which is still to come in November
    assert [row.counts.stamps for row in month.rows][-7:] == [2, 0, 0, 0, 0, 0, 1]
    assert [row.counts.stamps for row in year.rows] == [0] * 9 + [5, 3]
    assert sums(october)[0] == 5


@pytest.mark.moment(THURSDAY)
def test_busy_hours_are_by_the_clock_of_the_shop(lume: Shop) -> None:
    stamp(lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card(), 3)

    assert figures(lume, "week").visits == {(3, 14): 1}


@pytest.mark.parametrize(("visits", "level"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_the_busiest_hour_is_the_strongest_and_one_visit_is_seen(visits: int, level: int) -> None:
    assert level_of(visits, 100) == level


@pytest.mark.moment(THURSDAY)
def test_who_did_it_is_for_owners_and_managers(lume: Shop, desk: DeskClient) -> None:
    stamp(lume.publish().card(), 3)
    follow_everything()

    cashier = sign_up_staff(lume, StaffMember.Role.CASHIER)

    assert "By person" in words(desk.open("/"))
    assert "By location" in words(cashier.open("/"))
    assert "By person" not in words(cashier.open("/"))


@pytest.mark.moment(THURSDAY)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=century", "There is no such period."),
        ("period=", "There is no such period."),
        ("on=2026-02-30", "There is no such day."),
        ("on=%00", "There is no such day."),
        ("on=99999-01-01", "There is no such day."),
        ("period=year&on=2226-01-01", "This day has not come yet."),
        ("on=2026-11-27", "This day has not come yet."),
        ("period=year&on=1826-01-01", "There are no figures from so long ago."),
        ("on=0001-01-01", "There are no figures from so long ago."),
    ],
)
def test_nonsense_in_the_address_is_said_and_the_week_is_shown(desk: DeskClient, query: str, said: str) -> None:
    answer = desk.open(f"/?{query}")

    assert answer.status_code == 400
    assert said in words(answer)
    assert "20–26 Nov 2026" in words(answer)


@pytest.mark.moment(THURSDAY)
@pytest.mark.parametrize(
    "query", ["period=day&on=2000-01-01", "period=week&on=2000-01-01", "period=year&on=2000-12-31"]
)
def test_the_first_day_of_all_is_shown(desk: DeskClient, query: str) -> None:
    assert desk.open(f"/?{query}").status_code == 200


@pytest.mark.moment(THURSDAY)
@pytest.mark.parametrize("length", ["day", "week", "month", "year"])
def test_a_period_costs_the_same_however_much_happened_in_it(
    lume: Shop, desk: DeskClient, length: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp(lume.publish().card(), 1)
    follow_everything()
    desk.open(f"/?period={length}")
    with django_assert_max_num_queries(40) as few:
        desk.open(f"/?period={length}")
    for _program in range(3):
        stamp(lume.publish().card(), 12)
        lume.hire(f"Bo {_program}")
    follow_everything()
    desk.open(f"/?period={length}")
    with django_assert_max_num_queries(40) as many:
        desk.open(f"/?period={length}")

    assert len(few) == len(many)


@pytest.mark.moment(THURSDAY)
def test_a_day_of_the_table_opens_that_day(lume: Shop, desk: DeskClient) -> None:
    stamp(lume.publish().card(), 1)
    follow_everything()

    assert b'href="?period=day&amp;on=2026-11-26"' in desk.open("/").content
    assert b'href="?period=month&amp;on=2026-11-01"' in desk.open("/?period=year").content
    assert "Thursday, 26 November 2026" in words(desk.open("/?period=day&on=2026-11-26"))

"""What is read of the totals: the same by day and by month, and to the last stamp what the totals say."""

from datetime import date, timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.insight.figures import Counts, Hands, Unit, ask_by_hour, count_by_day, count_by_hand, sum_up
from stampwell.insight.models import DailyTotal
from stampwell.merchants.local_time import local_day
from stampwell.transactions import merchant_transaction
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)
FIRST = date(2026, 1, 1)


def sums_until(shop: Shop, last: date, unit: Unit) -> tuple[Counts, Hands]:
    with merchant_transaction(shop.merchant.id) as tx:
        days = count_by_day(tx, FIRST, last, unit=unit)
        return sum_up(days.values()), count_by_hand(tx, FIRST, last, unit=unit)


@pytest.mark.parametrize("seed", [21, 22])
def test_months_and_days_say_the_same_until_any_day(lume: Shop, seed: int) -> None:
    live(lume, seed)  # from 2 March, for some two weeks
    with stopped_at(MORNING + timedelta(days=30)):
        live_on = lume.publish(earning={"by": "visit", "cooldown_seconds": 0})
        live_on.card()
    follow_everything()

    for last in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 1)):
        assert sums_until(lume, last, "month") == sums_until(lume, last, "day")


def test_every_way_of_counting_comes_to_the_same_sum(lume: Shop) -> None:
    live(lume, 23)
    follow_everything()
    totals = DailyTotal.objects.filter(merchant=lume.merchant)
    days = {row.day for row in totals}

    sums, hands = sums_until(lume, date(2026, 12, 31), "month")
    with merchant_transaction(lume.merchant.id) as tx:
        by_hour = sum_up(ask_by_hour(tx, days)().values())

    assert sums.stamps == sum(row.stamps for row in totals)
    assert sums.stamps > 0
    assert all(sum_up(by.values()) == sums for by in (hands.people, hands.locations, hands.programs))
    assert by_hour == sums
    assert local_day(lume.merchant, MORNING) in days

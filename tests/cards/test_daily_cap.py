"""The day of a daily cap is the shop's, also where it has 23 or 25 hours."""

from datetime import UTC, datetime

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import DailyCapReached
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from tests.world import HeldCard, Shop

ONE_A_DAY = {"by": "visit", "cooldown_seconds": 0, "daily_cap": 1}


def stamp_at(shop: Shop, card: HeldCard, moment: datetime) -> bool:
    with stopped_at(moment):
        try:
            add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
        except DailyCapReached:
            return False
    return True


@pytest.mark.parametrize(
    ("begins", "last_minute"),
    [
        pytest.param(
            datetime(2026, 10, 24, 21, tzinfo=UTC),
            datetime(2026, 10, 25, 21, 59, tzinfo=UTC),
            marks=pytest.mark.moment(datetime(2026, 10, 24, 20, 59, tzinfo=UTC)),
            id="25 hours",
        ),
        pytest.param(
            datetime(2027, 3, 27, 22, tzinfo=UTC),
            datetime(2027, 3, 28, 20, 59, tzinfo=UTC),
            marks=pytest.mark.moment(datetime(2027, 3, 27, 21, 59, tzinfo=UTC)),
            id="23 hours",
        ),
    ],
)
def test_a_day_of_the_cap_goes_from_midnight_to_midnight(lume: Shop, begins: datetime, last_minute: datetime) -> None:
    card = lume.publish(earning=ONE_A_DAY).card()
    next_midnight = last_minute.replace(minute=0, hour=last_minute.hour + 1)

    earned = [stamp_at(lume, card, moment) for moment in (begins, last_minute, next_midnight)]

    assert earned == [True, False, True]


@pytest.mark.moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # 3:30 in Riga, before the clock is put back
def test_the_hour_that_comes_twice_is_of_one_day(lume: Shop) -> None:
    card = lume.publish(earning=ONE_A_DAY).card()

    earned = [stamp_at(lume, card, datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)]

    assert earned == [True, False]

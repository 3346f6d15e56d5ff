"""The last amount, moment and count that pass, and the first that does not."""

from datetime import UTC, datetime, timedelta

import pytest

from stampwell.cards.refusals import AmountNeeded, BelowMinimumSpend, DailyCapReached, OutsideHours, TooManyStamps
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.merchants.models import Location
from tests.cards.test_stamping import BY_AMOUNT, NO_COOLDOWN, stamp
from tests.world import Shop

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)  # two in the night, in Riga
pytestmark = pytest.mark.moment(MONDAY)


def test_a_purchase_of_exactly_the_minimum_earns(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "minimum_spend": 500}).card()

    stamp(card, amount=500)
    with pytest.raises(BelowMinimumSpend):
        stamp(card, amount=499)

    assert card.row.stamps == 1


def test_a_program_with_a_minimum_asks_for_the_amount(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "minimum_spend": 500}).card()

    with pytest.raises(AmountNeeded):
        stamp(card)

    assert card.row.stamps == 0


def test_exactly_the_most_stamps_at_once_are_earned(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    stamp(card, amount=2000 * 100)
    with pytest.raises(TooManyStamps):
        stamp(card, amount=2000 * 101)

    assert (card.row.round, card.row.stamps) == (11, 0)


def test_the_stamp_that_reaches_the_cap_is_given_and_the_next_is_not(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "daily_cap": 3}).card()

    stamp(card, count=2)
    with pytest.raises(DailyCapReached):
        stamp(card, count=2)
    stamp(card, count=1)

    assert card.row.stamps == 3


def test_each_day_has_its_whole_cap(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "daily_cap": 2}).card()

    for day in range(2):
        with stopped_at(MONDAY + timedelta(days=day)):
            stamp(card)
            stamp(card)
            with pytest.raises(DailyCapReached):
                stamp(card)

    assert card.row.stamps == 4


def test_the_shop_is_open_in_its_first_minute_and_closed_in_the_closing_one(lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours={"1": [["08:00", "18:00"]]})
    card = lume.publish(earning={**NO_COOLDOWN, "only_when_open": True}).card()
    here = Actor(source="scanner", location_id=lume.location.id)

    for riga, is_open in (("07:59", False), ("08:00", True), ("17:59", True), ("18:00", False)):
        hours, minutes = map(int, riga.split(":"))
        with stopped_at(MONDAY + timedelta(hours=hours - 2, minutes=minutes)):
            if is_open:
                stamp(card, actor=here)
            else:
                with pytest.raises(OutsideHours):
                    stamp(card, actor=here)

    assert card.row.stamps == 2

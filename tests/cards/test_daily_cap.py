"""The day of a daily cap is the shop's, also where it has 23 or 25 hours."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import DailyCapReached
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.merchants.changing import add_location
from stampwell.merchants.local_time import start_of_day
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location
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


LONDON_AT_23 = datetime(2026, 12, 1, 23, tzinfo=UTC)  # one o’clock of 2 December in Riga
in_december = pytest.mark.moment(datetime(2026, 12, 1, 12, tzinfo=UTC))


@pytest.fixture
def soho(lume: Shop) -> Location:
    draft = LocationDraft(name="Soho", time_zone="Europe/London")
    soho = add_location(lume.merchant, draft, actor=lume.actor)
    lume.merchant.refresh_from_db()
    return soho


def stamp_there(shop: Shop, card: HeldCard, moment: datetime, location: Location) -> UUID | None:
    with stopped_at(moment):
        try:
            actor = Actor(source="api", location_id=location.id)
            return add_stamp(shop.merchant, card.id, Purchase(), actor=actor).stamp.id
        except DailyCapReached:
            return None


@in_december
def test_two_locations_in_two_zones_have_a_day_each(lume: Shop, soho: Location) -> None:
    card, other = (lume.publish(earning=ONE_A_DAY).card() for _card in range(2))

    assert stamp_there(lume, card, LONDON_AT_23 - timedelta(hours=2), soho)
    assert not stamp_there(lume, card, LONDON_AT_23, soho)  # still 1 December in London, though not in Riga
    assert stamp_there(lume, card, LONDON_AT_23 + timedelta(hours=1), soho)
    assert stamp_there(lume, other, LONDON_AT_23 - timedelta(hours=2), lume.location)  # eleven in the evening in Riga
    assert stamp_there(lume, other, LONDON_AT_23, lume.location)


@in_december
def test_going_back_and_forth_gives_no_further_day(lume: Shop, soho: Location) -> None:
    card = lume.publish(earning=ONE_A_DAY).card()
    minutes = [LONDON_AT_23 + timedelta(minutes=minute) for minute in range(5)]

    assert stamp_there(lume, card, LONDON_AT_23 - timedelta(hours=3), soho)  # 1 December
    assert stamp_there(lume, card, minutes[0], lume.location)  # 2 December
    assert not stamp_there(lume, card, minutes[1], soho)  # 1 December there, but the card is a day further
    assert not stamp_there(lume, card, minutes[2], lume.location)
    assert not stamp_there(lume, card, LONDON_AT_23 + timedelta(hours=10), soho)
    assert stamp_there(lume, card, LONDON_AT_23 + timedelta(hours=23), lume.location)  # midnight in Riga


@in_december
def test_an_undone_stamp_leaves_the_day_that_it_was_counted_to(lume: Shop, soho: Location) -> None:
    twice = ONE_A_DAY | {"daily_cap": 2}
    card, other = (lume.publish(earning=twice).card() for _card in range(2))
    minutes = [LONDON_AT_23 + timedelta(minutes=minute) for minute in range(5)]

    stamp_there(lume, card, minutes[0], lume.location)
    late = stamp_there(lume, card, minutes[1], soho)  # counted to 2 December, as the one before
    assert late
    assert not stamp_there(lume, card, minutes[2], soho)
    with stopped_at(minutes[3]):
        undo_stamp(lume.merchant, late, reason="", actor=lume.actor)
    assert stamp_there(lume, card, minutes[4], soho)

    early = stamp_there(lume, other, minutes[0], soho)  # counted to 1 December
    assert early
    for minute in minutes[1:3]:
        assert stamp_there(lume, other, minute, lume.location)
    with stopped_at(minutes[3]):
        undo_stamp(lume.merchant, early, reason="", actor=lume.actor)
    assert not stamp_there(lume, other, minutes[4], lume.location)  # both of 2 December stand


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"])
@in_december
def test_a_day_is_that_of_its_place_wherever_it_is(lume: Shop, zone: str) -> None:
    draft = LocationDraft(name="Far", time_zone=zone)
    far = add_location(lume.merchant, draft, actor=lume.actor)
    lume.merchant.refresh_from_db()
    card = lume.publish(earning=ONE_A_DAY).card()
    midnight = start_of_day(far, date(2026, 12, 3))

    assert stamp_there(lume, card, midnight - timedelta(seconds=1), far)
    assert stamp_there(lume, card, midnight, far)
    assert not stamp_there(lume, card, midnight + timedelta(hours=24, seconds=-1), far)

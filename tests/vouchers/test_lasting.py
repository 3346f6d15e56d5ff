"""A day of validity is a day of the shop's clock: it ends at midnight, also in a week in which the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.giving import give_voucher
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.local_time import end_of_day, local_day, local_time, start_of_day
from stampwell.programs.lasting import ends_at, longer_by_days, ready_at
from stampwell.programs.refusals import NeverUsable
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import VoucherExpired, VoucherNotReady
from tests.moments import RIGA, START
from tests.world import Shop

# Where the clock is changed at midnight or by half an hour, has odd minutes, or is far from everybody's.
ZONES = [
    "Europe/Riga",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Atlantic/Azores",
    "Asia/Almaty",
    "Asia/Tokyo",
]


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_what_the_clock_on_the_wall_calls_so(lume: Shop, zone: str) -> None:
    lume.merchant.time_zone = zone
    for number in range(730):
        day = date(2026, 1, 1) + timedelta(days=number)
        first = start_of_day(lume.merchant, day)

        assert local_day(lume.merchant, first) == day
        assert local_day(lume.merchant, first - timedelta.resolution) == day - timedelta(days=1)
        assert end_of_day(lume.merchant, day) == start_of_day(lume.merchant, day + timedelta(days=1))


@pytest.mark.parametrize("zone", ZONES)
def test_seven_days_end_with_the_seventh_day_after_this_one(lume: Shop, zone: str) -> None:
    lume.merchant.time_zone = zone
    for number in range(365):
        for clock in (time(0, 0), time(18, 30), time(23, 59)):
            day = date(2026, 10, 1) + timedelta(days=number)
            ready = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)

            end = ends_at(clocks_of(lume.merchant), ready, valid_days=7, valid_until=None)

            assert end is not None
            assert local_day(lume.merchant, end - timedelta.resolution) == local_day(lume.merchant, ready) + timedelta(
                7
            )
            assert local_day(lume.merchant, end) == local_day(lume.merchant, ready) + timedelta(8)


@pytest.mark.parametrize(
    "friday",
    [
        datetime(2026, 10, 23, 18, 30, tzinfo=RIGA),
        datetime(2027, 3, 26, 18, 30, tzinfo=RIGA),
        datetime(2026, 11, 20, 18, 30, tzinfo=RIGA),
    ],
)
def test_who_comes_each_friday_keeps_the_reward_over_a_change_of_the_clock(lume: Shop, friday: datetime) -> None:
    week_later = (friday + timedelta(days=7)).replace(hour=23, minute=59)

    end = ends_at(clocks_of(lume.merchant), friday.astimezone(UTC), valid_days=7, valid_until=None)

    assert end is not None
    assert week_later < end <= week_later + timedelta(minutes=1)


def test_the_next_day_begins_at_midnight(lume: Shop) -> None:
    evening = datetime(2026, 11, 16, 21, 30, tzinfo=UTC)  # half past eleven in Riga

    clocks = clocks_of(lume.merchant)
    assert ready_at(clocks, evening, active_after_seconds=86_400) == datetime(2026, 11, 16, 22, tzinfo=UTC)
    assert ready_at(clocks, evening, active_after_seconds=2 * 86_400) == datetime(2026, 11, 17, 22, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 60, 3600, 86_399, 86_401, 90_000])
def test_any_other_wait_is_counted_by_the_second(lume: Shop, seconds: int) -> None:
    assert ready_at(clocks_of(lume.merchant), START, active_after_seconds=seconds) == START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("begins", "seconds", "ready"),
    [
        (timedelta(days=5), 0, timedelta(days=5)),
        (timedelta(days=-5), 0, timedelta()),
        (timedelta(seconds=30), 3600, timedelta(seconds=3600)),
        (timedelta(seconds=7200), 3600, timedelta(seconds=7200)),
    ],
)
def test_of_a_wait_and_a_beginning_the_later_one_counts(
    lume: Shop, begins: timedelta, seconds: int, ready: timedelta
) -> None:
    clocks = clocks_of(lume.merchant)

    found = ready_at(clocks, START, active_after_seconds=seconds, active_from=START + begins)

    assert found == START + ready


def test_a_voucher_that_is_earned_before_its_reward_begins_waits_and_lasts_from_then(lume: Shop) -> None:
    begins = start_of_day(lume.merchant, local_day(lume.merchant, START) + timedelta(days=5))
    tea = {"name": "Tea", "active_from": begins.isoformat(), "valid_days": 7}
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}]).card()
    with stopped_at(START):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)

        (voucher,) = card.open_vouchers
        assert (voucher.state, voucher.ready) == ("pending", begins)
        assert voucher.expires == end_of_day(lume.merchant, local_day(lume.merchant, begins) + timedelta(days=7))
        with pytest.raises(VoucherNotReady):
            redeem_voucher(lume.merchant, voucher.id, actor=lume.actor)
    with stopped_at(begins):
        redeem_voucher(lume.merchant, voucher.id, actor=lume.actor)


def test_an_end_is_later_by_whole_days_where_it_ends_a_day(lume: Shop) -> None:
    end = end_of_day(lume.merchant, date(2026, 10, 24))  # on the next day the clock is changed
    used = local_time(lume.merchant, datetime(2026, 10, 20, 9, 0, tzinfo=UTC))

    def longer(until: datetime) -> datetime:
        return longer_by_days(clocks_of(lume.merchant), end, since=used, until=until)

    assert longer(used + timedelta(minutes=5)) == end
    assert longer(used + timedelta(days=2)) == end_of_day(lume.merchant, date(2026, 10, 26))


def test_an_end_in_the_middle_of_a_day_is_later_by_the_very_time(lume: Shop) -> None:
    end = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)

    assert longer_by_days(
        clocks_of(lume.merchant), end, since=START, until=START + timedelta(hours=5)
    ) == end + timedelta(hours=5)


def test_a_reward_that_is_over_when_it_is_earned_is_never_ready(lume: Shop) -> None:
    with stopped_at(START):
        offer = lume.publish(goal=1, milestones=[over(START + timedelta(days=1))])
    with stopped_at(START + timedelta(days=2)):
        add_stamp(lume.merchant, offer.card().id, Purchase(), actor=lume.actor)
        voucher = Voucher.objects.get(merchant=lume.merchant)
        with pytest.raises(VoucherExpired):
            redeem_voucher(lume.merchant, voucher.id, actor=lume.actor)

    told = Event.objects.filter(merchant=lume.merchant, voucher_id=voucher.id).order_by("at", "id")
    assert [event.type for event in told] == ["voucher.issued", "voucher.expired", "milestone.reached"]
    assert (voucher.state, voucher.due) == ("expired", None)


def test_a_reward_that_is_over_is_not_given_by_hand(lume: Shop) -> None:
    offer = lume.publish(goal=1, milestones=[over(START + timedelta(days=1))])
    card, reward = offer.card(), offer.terms.milestones[0].reward

    with stopped_at(START + timedelta(days=1)), pytest.raises(NeverUsable):
        give_voucher(lume.merchant, card.id, reward.id, actor=lume.actor)

    assert not Voucher.objects.filter(merchant=lume.merchant).exists()


def over(end: datetime) -> dict[str, object]:
    return {"stamps": 1, "reward": {"name": "Tea", "valid_until": end.isoformat()}}

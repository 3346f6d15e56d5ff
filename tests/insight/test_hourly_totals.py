"""The hours are what the ledger says, by the clock of the shop."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.insight.models import HourlyTotal
from stampwell.merchants.local_time import local_time
from stampwell.vouchers.models import Redemption, Reversal
from tests.following import follow_everything
from tests.insight.test_daily_totals import AT_ONCE, MORNING, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)

type Hour = tuple[date, int]


def hour_of(shop: Shop, at: datetime) -> Hour:
    there = local_time(shop.merchant, at)
    return there.date(), there.hour


def ledger_of(shop: Shop) -> dict[str, Counter[Hour]]:
    told: dict[str, Counter[Hour]] = {
        name: Counter() for name in ("stamps", "stamp.added", "stamp.reversed", "voucher.redeemed", "voucher.reversed")
    }
    for stamp in Stamp.objects.filter(merchant=shop.merchant):
        told["stamps"][hour_of(shop, stamp.at)] += stamp.count
        told["stamp.reversed" if stamp.reverses_id else "stamp.added"][hour_of(shop, stamp.at)] += 1
    for used in Redemption.objects.filter(merchant=shop.merchant):
        told["voucher.redeemed"][hour_of(shop, used.at)] += 1
    for back in Reversal.objects.filter(merchant=shop.merchant):
        told["voucher.reversed"][hour_of(shop, back.at)] += 1
    return told


def hours_of(shop: Shop) -> dict[str, Counter[Hour]]:
    told: dict[str, Counter[Hour]] = {name: Counter() for name in ledger_of(shop)}
    for row in HourlyTotal.objects.filter(merchant=shop.merchant, type__in=told):
        told[row.type][(row.day, row.hour)] += row.times
        if row.type.startswith("stamp."):
            told["stamps"][(row.day, row.hour)] += row.stamps
    return told


@pytest.mark.parametrize("seed", [11, 12])
def test_the_hours_are_what_the_ledger_says(lume: Shop, seed: int) -> None:
    live(lume, seed)
    follow_everything()

    assert hours_of(lume) == ledger_of(lume)
    assert all(hours for hours in ledger_of(lume).values()), "everything really happened"
    assert sum(row.times for row in HourlyTotal.objects.filter(merchant=lume.merchant)) == Event.objects.count()


def test_what_is_read_later_in_an_hour_is_added(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    for _batch in range(2):
        add_stamp(lume.merchant, offer.card().id, Purchase(count=2), actor=lume.actor)
        follow_everything()

    (row,) = HourlyTotal.objects.filter(merchant=lume.merchant, type="stamp.added")
    assert (row.times, row.stamps) == (2, 4)


def test_counted_anew_the_hours_are_the_same(lume: Shop) -> None:
    live(lume, 13)
    follow_everything()
    before = hours_of(lume)
    HourlyTotal.objects.update(times=1_000_000)

    call_command("followers", "--rewind", "hourly_totals", "--shop", "cafe-lume", stdout=StringIO())

    assert hours_of(lume) == before


def test_the_hour_that_comes_twice_is_one(lume: Shop) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past three in Riga, and again an hour later
    for at in (first, first + timedelta(hours=1)):
        with stopped_at(at):
            card = lume.publish(earning=AT_ONCE).card()
            add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    follow_everything()

    hours = HourlyTotal.objects.filter(type="stamp.added").values_list("day", "hour", "times")
    assert list(hours) == [(date(2026, 10, 25), 3, 2)]

"""Another clock for the shop: what moves and what stays. docs/rules/clocks.md"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import DeskChange, Event
from stampwell.insight.counting_anew import COUNT_ANEW
from stampwell.insight.models import CardLife, DailyTotal, HourlyTotal, MonthlyTotal
from stampwell.insight.time_zone import change_time_zone
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.merchants.changing import add_location
from stampwell.merchants.local_time import local_day
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.locations import is_open
from stampwell.merchants.models import Location, Merchant
from stampwell.merchants.zones import TimeZoneUnknown
from stampwell.vouchers.models import Voucher
from tests.following import follow_everything
from tests.world import HeldCard, Shop

NIGHT = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # 1 December in Riga, 30 November in London
pytestmark = pytest.mark.moment(NIGHT - timedelta(hours=12))


def card_of_a_night(shop: Shop) -> HeldCard:
    """Two stamps, one before and one after midnight in Riga; the first gives a reward for a week."""
    reward = {"name": "Tea", "valid_days": 7}
    earning = {"by": "visit", "cooldown_seconds": 0}
    milestones = [{"stamps": 1, "reward": reward}, {"stamps": 10, "reward": {"name": "Cake"}}]
    with stopped_at(NIGHT - timedelta(hours=1)):
        card = shop.publish(goal=10, milestones=milestones, earning=earning).card()
        add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    with stopped_at(NIGHT):
        add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
        follow_everything()
    return card


def work() -> None:
    for job in Job.objects.filter(ended=None):
        assert job.place is not None
        work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)
    follow_everything()


def stamps_by_day(shop: Shop) -> Counter[date]:
    found: Counter[date] = Counter()
    for total in DailyTotal.objects.filter(merchant=shop.merchant, type="stamp.added"):
        found[total.day] += total.times
    return found


def test_locations_of_the_same_clock_go_along_and_others_stay(lume: Shop, rossi: Shop) -> None:
    draft = LocationDraft(name="Tallinn", time_zone="Europe/Tallinn")
    tallinn = add_location(lume.merchant, draft, actor=lume.actor)
    DeskChange.objects.all().delete()

    facts = change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)

    assert facts.time_zone == "Europe/London"
    shop = Merchant.objects.get(id=lume.merchant.id)
    assert (shop.time_zone, shop.location_zones) == ("Europe/London", {str(tallinn.id): "Europe/Tallinn"})
    zones = dict(Location.objects.filter(merchant=lume.merchant).values_list("name", "time_zone"))
    assert zones == {"Café Lume": "Europe/London", "Tallinn": "Europe/Tallinn"}
    assert Merchant.objects.get(id=rossi.merchant.id).time_zone == "Europe/Riga"
    assert Location.objects.get(merchant=rossi.merchant).time_zone == "Europe/Riga"
    told = [(row.kind, row.before, row.after) for row in DeskChange.objects.order_by("id")]
    zones_told = ({"time_zone": "Europe/Riga"}, {"time_zone": "Europe/London"})
    assert told == [("shop.changed", *zones_told), ("location.changed", *zones_told)]
    events = Event.objects.filter(merchant=lume.merchant, type__endswith=".changed")
    assert sorted((event.type, event.data["changed"]) for event in events) == [
        ("location.changed", ["time_zone"]),
        ("merchant.changed", ["time_zone"]),
    ]


def test_the_same_clock_or_none_that_there_is_changes_nothing(lume: Shop) -> None:
    change_time_zone(lume.merchant, "Europe/Riga", actor=lume.actor)
    for unknown in ("Europe/Atlantis", "", "../etc/passwd", "/etc/localtime", "EST5EDT,M3", "x" * 1000, "Europe"):
        with pytest.raises(TimeZoneUnknown):
            change_time_zone(lume.merchant, unknown, actor=lume.actor)

    assert not Job.objects.exists()
    assert not Event.objects.filter(type="merchant.changed").exists()


def test_what_was_promised_keeps_its_moment(lume: Shop) -> None:
    card = card_of_a_night(lume)
    ends = Voucher.objects.get(card_id=card.id).expires

    change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)

    assert Voucher.objects.get(card_id=card.id).expires == ends == datetime(2026, 12, 7, 22, tzinfo=UTC)


def test_hours_are_read_by_the_new_clock_at_once(lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours={"2": [["00:00", "02:00"]]})
    assert is_open(Location.objects.get(merchant=lume.merchant), NIGHT)  # a Tuesday in Riga

    change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)

    here = Location.objects.get(merchant=lume.merchant)
    assert not is_open(here, NIGHT)
    assert is_open(here, NIGHT + timedelta(hours=2))


def test_figures_of_all_locations_are_of_the_shops_days(lume: Shop) -> None:
    draft = LocationDraft(name="Soho", time_zone="Europe/London")
    soho = add_location(lume.merchant, draft, actor=lume.actor)
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    with stopped_at(NIGHT):
        for location in (soho, lume.location):
            add_stamp(lume.merchant, card.id, Purchase(), actor=Actor(source="api", location_id=location.id))
        follow_everything()

    assert stamps_by_day(lume) == {date(2026, 12, 1): 2}
    assert CardLife.objects.get(id=card.id).visits == [date(2026, 12, 1)]


def test_figures_are_counted_anew_by_the_new_clock(lume: Shop, rossi: Shop) -> None:
    card, rivals = card_of_a_night(lume), card_of_a_night(rossi)
    riga = {date(2026, 11, 30): 1, date(2026, 12, 1): 1}
    assert stamps_by_day(lume) == riga

    change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)
    work()

    assert stamps_by_day(lume) == {date(2026, 11, 30): 2}
    assert stamps_by_day(rossi) == riga
    months = MonthlyTotal.objects.filter(merchant=lume.merchant, type="stamp.added")
    assert [(month.day, month.times) for month in months] == [(date(2026, 11, 1), 2)]
    hours = HourlyTotal.objects.filter(merchant=lume.merchant, type="stamp.added").order_by("hour")
    assert [(hour.day, hour.hour) for hour in hours] == [(date(2026, 11, 30), 21), (date(2026, 11, 30), 22)]
    assert CardLife.objects.get(id=card.id).visits == [date(2026, 11, 30)]
    assert CardLife.objects.get(id=rivals.id).visits == [*riga]
    job = Job.objects.get(merchant=lume.merchant)
    assert (job.kind, job.state, job.done, job.total) == (COUNT_ANEW, "done", 8, 8)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"])
def test_days_are_those_of_the_new_clock_wherever_it_is(lume: Shop, zone: str) -> None:
    card_of_a_night(lume)

    change_time_zone(lume.merchant, zone, actor=lume.actor)
    work()

    shop = Merchant.objects.get(id=lume.merchant.id)
    assert stamps_by_day(lume) == Counter(local_day(shop, at) for at in (NIGHT - timedelta(hours=1), NIGHT))

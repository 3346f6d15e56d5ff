"""A voucher that ends soon: its customer is told once, in the morning, so many days before."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.extending import extend_voucher
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.insight.time_zone import change_time_zone
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.merchants.changing import add_location
from stampwell.merchants.closing import close_shop
from stampwell.merchants.closing_locations import close_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Merchant
from stampwell.schedule import remind_customers
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.issuing import void_voucher
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.reminding import merchants_to_remind, remind_of_ends
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.vouchers.rows import lock_voucher
from stampwell.vouchers.waiting import hand_out_to_waiting
from stampwell.wallet.voucher_content import fill_voucher_pass
from tests import moments
from tests.moments import RIGA, START, end_of_day
from tests.redeem_codes.working import lay_in, pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
EARNING = {"by": "visit", "cooldown_seconds": 0}


def morning(days: int) -> datetime:
    """On the day that is so many days after START."""
    return moments.morning(START.astimezone(RIGA).date() + days * DAY)


def voucher_for(shop: Shop, **reward: object) -> UUID:
    """A tea that was earned at START: it ends with the seventh day from then, and reminds of that three days before."""
    tea = {"name": "Tea", "valid_days": 7, "remind_days_before": 3, **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}], earning=EARNING).card()
    with stopped_at(START):
        return add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor).issued[0].id


def told(voucher_id: UUID, at: datetime) -> int:
    """How often it was told, when the worker has looked at that moment, twice."""
    with stopped_at(at):
        remind_customers()
        remind_customers()
    return Event.objects.filter(type="voucher.ending", voucher_id=voucher_id).count()


def test_it_is_told_once_in_the_morning_so_many_days_before(lume: Shop) -> None:
    voucher_id, silent = voucher_for(lume), voucher_for(lume, remind_days_before=None)

    assert told(voucher_id, morning(4) - timedelta.resolution) == 0
    assert told(voucher_id, morning(4)) == 1
    assert told(voucher_id, morning(7)) == 1

    event = Event.objects.get(type="voucher.ending")
    assert (event.source, event.card_id) == ("clock", Voucher.objects.get(id=voucher_id).card_id)
    assert datetime.fromisoformat(event.data["voucher"]["expires_at"]) == end_of_day(START, 7)
    assert told(silent, morning(7)) == 0


def use(shop: Shop, voucher_id: UUID) -> None:
    redeem_voucher(shop.merchant, voucher_id, actor=shop.actor)


def withdraw(shop: Shop, voucher_id: UUID) -> None:
    with merchant_transaction(shop.merchant.id) as tx:
        void_voucher(tx, lock_voucher(tx, voucher_id), at=START, actor=shop.actor)


@pytest.mark.parametrize("act", [use, withdraw])
def test_what_was_used_or_withdrawn_is_not_told(lume: Shop, act: Callable[[Shop, UUID], None]) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(START):
        act(lume, voucher_id)

    assert told(voucher_id, morning(4)) == 0
    assert Voucher.objects.get(id=voucher_id).remind is None


def test_what_is_over_when_the_worker_looks_is_not_told(lume: Shop) -> None:
    assert told(voucher_for(lume), end_of_day(START, 7)) == 0


def test_whoever_got_it_after_that_hour_knows_it(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=2)

    assert [told(voucher_id, morning(day)) for day in (0, 1, 2)] == [0, 0, 0]


def test_nobody_is_told_at_night(lume: Shop) -> None:
    voucher_id, late = voucher_for(lume), voucher_for(lume)

    assert told(voucher_id, morning(4) + timedelta(hours=11)) == 0
    assert told(voucher_id, morning(5) - timedelta.resolution) == 0
    assert told(voucher_id, morning(5)) == 1
    assert told(late, morning(5)) == 1


def test_where_no_morning_comes_before_the_end_nobody_is_told(lume: Shop) -> None:
    voucher_id = voucher_for(lume, remind_days_before=1)

    assert told(voucher_id, morning(7) + timedelta(hours=11)) == 0
    assert told(voucher_id, morning(8)) == 0


def test_the_hour_is_that_of_the_clock_where_it_ends(lume: Shop) -> None:
    tokyo = Location.objects.create(merchant=lume.merchant, name="Ginza", time_zone="Asia/Tokyo")
    Merchant.objects.filter(id=lume.merchant.id).update(location_zones={str(tokyo.id): "Asia/Tokyo"})
    lume.merchant.refresh_from_db()
    voucher_id = voucher_for(lume, location_ids=[public_id("loc", tokyo.id)])
    expires = Voucher.objects.get(id=voucher_id).expires
    assert expires is not None
    zone = ZoneInfo("Asia/Tokyo")
    ten = datetime.combine((expires - timedelta.resolution).astimezone(zone).date() - 3 * DAY, time(10), zone)

    assert told(voucher_id, ten - timedelta.resolution) == 0
    assert told(voucher_id, ten) == 1


def another_clock(shop: Shop, zone: str) -> None:
    change_time_zone(shop.merchant, zone, actor=shop.actor)
    for job in Job.objects.filter(ended=None):
        assert job.place is not None
        work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)


def ten_there(shop: Shop, voucher_id: UUID) -> datetime:
    """Three days before the last one, as the shop's clock shows it now."""
    expires = Voucher.objects.get(id=voucher_id).expires
    assert expires is not None
    zone = ZoneInfo(Merchant.objects.get(id=shop.merchant.id).time_zone)
    return datetime.combine((expires - timedelta.resolution).astimezone(zone).date() - 3 * DAY, time(10), zone)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Honolulu"])
def test_the_shops_new_clock_tells_in_its_morning(lume: Shop, zone: str) -> None:
    voucher_id, silent = voucher_for(lume), voucher_for(lume, remind_days_before=None)

    another_clock(lume, zone)

    ten = ten_there(lume, voucher_id)
    assert Voucher.objects.get(id=voucher_id).remind == ten
    assert told(voucher_id, ten - timedelta.resolution) == 0
    assert (told(voucher_id, ten), told(silent, ten)) == (1, 0)


def test_who_was_told_by_the_clock_of_before_is_not_told_again(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    assert told(voucher_id, morning(4)) == 1

    with stopped_at(morning(4)):
        another_clock(lume, "Asia/Tokyo")

    assert told(voucher_id, morning(6)) == 1


def test_nobody_is_told_before_the_pass_says_it(lume: Shop) -> None:
    """The worker may come before the job, and a location may get another clock of its own."""
    voucher_id = voucher_for(lume)
    Merchant.objects.filter(id=lume.merchant.id).update(time_zone="Asia/Tokyo")
    ten = ten_there(lume, voucher_id)

    assert told(voucher_id, morning(4)) == 0
    assert told(voucher_id, ten - timedelta.resolution) == 0
    assert told(voucher_id, ten) == 1


def test_a_reward_of_a_closed_location_is_told_by_the_clock_of_those_that_are_left(lume: Shop) -> None:
    draft = LocationDraft(name="Ginza", time_zone="Asia/Tokyo")
    tokyo = add_location(lume.merchant, draft, actor=lume.actor)
    lume.merchant.refresh_from_db()
    voucher_id = voucher_for(lume, location_ids=[public_id("loc", tokyo.id)])
    close_location(lume.merchant, tokyo.id, moves={}, actor=lume.actor)
    merchant = Merchant.objects.get(id=lume.merchant.id)
    ten = ten_there(lume, voucher_id)

    assert told(voucher_id, ten - timedelta.resolution) == 0
    assert told(voucher_id, ten) == 1
    with stopped_at(ten):
        shown = fill_voucher_pass(merchant, voucher_id).voucher
    assert shown.ends_soon
    assert "Ginza" not in str(shown)


def test_an_end_that_was_extended_is_told_anew(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    assert told(voucher_id, morning(4)) == 1

    with stopped_at(morning(5)):
        extend_voucher(lume.merchant, voucher_id, until=end_of_day(START, 20), reason="Was ill", actor=lume.actor)

    assert told(voucher_id, morning(17) - timedelta.resolution) == 1
    assert told(voucher_id, morning(17)) == 2


def test_a_restored_voucher_is_told_before_its_new_end(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(morning(1)):
        used = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    assert told(voucher_id, morning(4)) == 0

    with stopped_at(morning(6)):
        reverse_redemption(lume.merchant, used.redemption.id, reason="", actor=lume.actor)

    assert told(voucher_id, morning(9) - timedelta.resolution) == 0
    assert told(voucher_id, morning(9)) == 1


def test_one_that_is_restored_on_its_day_is_not_told_twice(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    assert told(voucher_id, morning(4)) == 1

    with stopped_at(morning(4) + timedelta(minutes=5)):
        used = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
        reverse_redemption(lume.merchant, used.redemption.id, reason="", actor=lume.actor)

    assert told(voucher_id, morning(7)) == 1


def test_one_for_the_next_visit_is_told_by_the_days_that_count_from_there(lume: Shop) -> None:
    voucher_id = voucher_for(lume, from_next_visit=True)
    card_id = Voucher.objects.get(id=voucher_id).card_id
    assert told(voucher_id, morning(4)) == 0

    with stopped_at(morning(5)):
        add_stamp(lume.merchant, card_id, Purchase(), actor=lume.actor)

    assert told(voucher_id, morning(9) - timedelta.resolution) == 0
    assert told(voucher_id, morning(9)) == 1


def test_one_that_waits_for_its_code_is_told_once_it_has_it(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    code = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    voucher_id = voucher_for(lume, path="redeem_code", redeem_code=code)
    assert told(voucher_id, morning(4)) == 0

    with stopped_at(morning(4) + timedelta(hours=1)):
        lay_in(lume, pool)
        hand_out_to_waiting(lume.merchant.id)

    assert told(voucher_id, morning(5)) == 1


def test_what_a_till_holds_is_told_when_it_is_free_again(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(morning(4)):
        reserve_voucher(lume.merchant, voucher_id, seconds=300, actor=lume.actor)

    assert told(voucher_id, morning(4)) == 0
    assert told(voucher_id, morning(4) + timedelta(seconds=300)) == 1


def test_a_closed_shop_reminds_nobody(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    close_shop(lume.merchant.id)

    assert told(voucher_id, morning(4)) == 0
    assert told(voucher_id, morning(5)) == 0


def test_what_was_cut_off_is_told_once_the_next_time(lume: Shop) -> None:
    voucher_id = voucher_for(lume)

    def look_and_be_cut_off() -> None:
        with merchant_transaction(lume.merchant.id):
            assert remind_of_ends(lume.merchant.id) == 1
            raise InterruptedError

    with stopped_at(morning(4)):
        with pytest.raises(InterruptedError):
            look_and_be_cut_off()
        assert merchants_to_remind() == [lume.merchant.id]

    assert told(voucher_id, morning(4)) == 1

"""Days of grace: staff hand out for some days what has ended, and its customer reads the end alone."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import CUSTOMER, Actor, Source
from stampwell.events.models import Event
from stampwell.merchants.local_time import end_of_day, local_day
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import VoucherExpired
from tests.moments import START
from tests.world import Shop


def voucher_for(shop: Shop, **reward: object) -> UUID:
    """A tea that was earned at START."""
    tea = {"name": "Tea", "path": "self_redeem", "valid_days": 2, "grace_days": 3, **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}]).card()
    with stopped_at(START):
        return add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor).issued[0].id


def end_after(shop: Shop, days: int) -> datetime:
    return end_of_day(shop.merchant, local_day(shop.merchant, START) + timedelta(days=days))


@pytest.mark.parametrize("source", ["scanner", "api", "owner"])
def test_staff_and_tills_honour_it_until_the_last_day_of_grace_is_over(lume: Shop, source: Source) -> None:
    used, late = voucher_for(lume), voucher_for(lume)
    with stopped_at(end_after(lume, 5) - timedelta.resolution):
        redeem_voucher(lume.merchant, used, actor=Actor(source=source))
    with stopped_at(end_after(lume, 5)), pytest.raises(VoucherExpired):
        redeem_voucher(lume.merchant, late, actor=Actor(source=source))

    assert Voucher.objects.get(id=used).state == "redeemed"


def test_a_customer_alone_has_no_days_of_grace(lume: Shop) -> None:
    voucher_id = voucher_for(lume)

    with stopped_at(end_after(lume, 2)), pytest.raises(VoucherExpired):
        redeem_voucher(lume.merchant, voucher_id, path="self_redeem", actor=CUSTOMER)


def test_it_expires_at_its_end_all_the_same(lume: Shop) -> None:
    voucher_id = voucher_for(lume)

    with stopped_at(end_after(lume, 2)):
        let_vouchers_age(lume.merchant.id)
        assert Voucher.objects.get(id=voucher_id).state == "expired"
        redeem_voucher(lume.merchant, voucher_id, actor=Actor(source="scanner"))
        let_vouchers_age(lume.merchant.id)

    told = Event.objects.filter(voucher_id=voucher_id, type__in=["voucher.expired", "voucher.redeemed"])
    assert sorted(told.values_list("type", flat=True)) == ["voucher.expired", "voucher.redeemed"]
    assert Voucher.objects.get(id=voucher_id).state == "redeemed"


def test_what_was_never_ready_is_not_honoured(lume: Shop) -> None:
    """Its reward ended while it waited for a visit."""
    voucher_id = voucher_for(lume, valid_days=None, valid_until=end_after(lume, 2).isoformat(), from_next_visit=True)

    with stopped_at(end_after(lume, 2)), pytest.raises(VoucherExpired):
        redeem_voucher(lume.merchant, voucher_id, actor=Actor(source="scanner"))

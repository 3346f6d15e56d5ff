"""What a customer has used alone is checked by staff once, while its screen moves."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.clock import new_id, stopped_at
from stampwell.counter.handing_over import TakeBackTooLate, give_back
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.locations import LocationClosed
from stampwell.refusal import NotFound
from stampwell.vouchers.checking import LIVE, OwnUse, check_own_use
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import Redeemed, redeem_voucher
from stampwell.vouchers.refusals import WrongLocation
from stampwell.vouchers.reversing import reverse_redemption
from tests.moments import START
from tests.vouchers.test_redeeming import voucher_for
from tests.world import Shop

MINUTE = timedelta(minutes=1)
LAST = START + LIVE - timedelta(microseconds=1)


def used_alone(shop: Shop) -> Redeemed:
    return use(shop, voucher_for(shop, path="self_redeem"))


def use(shop: Shop, voucher_id: UUID) -> Redeemed:
    return redeem_voucher(shop.merchant, voucher_id, path="self_redeem", actor=CUSTOMER)


def test_a_use_is_checked_once_and_told(lume: Shop) -> None:
    used = used_alone(lume)

    with stopped_at(LAST):
        first = check_own_use(lume.merchant, used.voucher.id, actor=lume.actor)
        second = check_own_use(lume.merchant, used.voucher.id, actor=lume.actor)

    assert first is not None
    assert (first.id, first.at, second) == (used.redemption.id, START, None)
    (told,) = Event.objects.filter(type="voucher.checked")
    assert (told.at, told.voucher_id, told.staff_member_id) == (LAST, used.voucher.id, lume.actor.staff_member_id)
    assert told.data["voucher"]["state"] == "redeemed"


def test_what_staff_have_handed_out_is_not_used_or_is_long_over_is_not_checked(lume: Shop) -> None:
    unused = voucher_for(lume, path="self_redeem")
    by_staff = use_by_staff(lume).voucher.id
    before = used_alone(lume).voucher.id

    def check(voucher_id: UUID) -> OwnUse | None:
        return check_own_use(lume.merchant, voucher_id, actor=lume.actor)

    with stopped_at(LAST):
        checked = [check(unused), check(by_staff)]
    with stopped_at(START + LIVE):
        checked.append(check(before))

    assert checked == [None, None, None]
    assert not Event.objects.filter(type="voucher.checked").exists()


def test_a_use_is_not_checked_where_the_reward_does_not_count(lume: Shop) -> None:
    here = Actor(source="scanner", location_id=lume.location.id)
    voucher_id = voucher_for(lume, path="self_redeem", location_ids=[public_id("loc", lume.location.id)])
    use(lume, voucher_id)

    with pytest.raises(WrongLocation):
        check_own_use(lume.merchant, voucher_id, actor=Actor(source="scanner", location_id=new_id()))
    assert not Event.objects.filter(type="voucher.checked").exists()
    assert check_own_use(lume.merchant, voucher_id, actor=here) is not None


def test_a_use_is_not_checked_at_a_location_that_has_closed(lume: Shop) -> None:
    used = used_alone(lume)
    closed = new_id()
    lume.merchant.closed_locations = [closed]

    with pytest.raises(LocationClosed):
        check_own_use(lume.merchant, used.voucher.id, actor=Actor(source="scanner", location_id=closed))


def test_a_voucher_of_another_shop_is_not_found(lume: Shop, rossi: Shop) -> None:
    with pytest.raises(NotFound):
        check_own_use(rossi.merchant, used_alone(lume).voucher.id, actor=rossi.actor)


def test_a_voucher_that_was_restored_is_used_and_checked_anew(lume: Shop) -> None:
    used = used_alone(lume)
    check_own_use(lume.merchant, used.voucher.id, actor=lume.actor)

    reverse_redemption(lume.merchant, used.redemption.id, reason="by mistake", actor=lume.actor)
    assert Voucher.objects.get(id=used.voucher.id).checked is None
    again = use(lume, used.voucher.id)

    checked = check_own_use(lume.merchant, used.voucher.id, actor=lume.actor)
    assert checked is not None
    assert checked.id == again.redemption.id


def test_a_use_by_accident_is_restored_at_the_counter_as_long_as_its_screen_moves(lume: Shop) -> None:
    in_time, too_late, by_staff = used_alone(lume), used_alone(lume), use_by_staff(lume)

    def restore(done: Redeemed) -> None:
        give_back(lume.merchant, done.redemption.id, reason="by mistake", actor=lume.actor, within=MINUTE)

    with stopped_at(START + LIVE):
        restore(in_time)
    with stopped_at(START + LIVE + timedelta(microseconds=1)), pytest.raises(TakeBackTooLate):
        restore(too_late)
    with stopped_at(START + MINUTE + timedelta(microseconds=1)), pytest.raises(TakeBackTooLate):
        restore(by_staff)


def use_by_staff(shop: Shop) -> Redeemed:
    return redeem_voucher(shop.merchant, voucher_for(shop), path="staff_scan", actor=shop.actor)

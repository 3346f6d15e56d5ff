"""What is left, and for how long."""

from datetime import timedelta

import pytest

from stampwell.clock import new_id, now
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import PoolRow
from stampwell.redeem_codes.stock import Stock, stock_of
from stampwell.transactions import merchant_transaction
from tests.redeem_codes.working import pool_of, revoke, stock, work
from tests.world import Shop

pytestmark = pytest.mark.django_db
TEN = [f"CODE{number:02}" for number in range(10)]


def stock_at(shop: Shop, pool: PoolRow) -> Stock:
    with merchant_transaction(shop.merchant.id) as tx:
        return stock_of(tx, [pool], at=now())[pool.id]


def hand_out(codes: list[str], days_ago: int) -> None:
    for code in codes:
        PoolCode.objects.filter(code=code).update(given=now() - timedelta(days=days_ago), voucher_id=new_id())


def test_stock_is_what_is_free_of_what_was_added(lume: Shop) -> None:
    pool = pool_of(lume)
    gone = stock(lume, pool, ["GONE1", "GONE2"])
    stock(lume, pool, TEN)
    stock(lume, pool, ["HERE"], location_id=lume.location.id)
    hand_out(TEN[:3], 1)
    revoke(lume, pool, gone)

    found = stock_at(lume, pool)

    assert (found.total, found.free, found.handed_out, found.withdrawn) == (13, 8, 3, 2)
    assert (found.anywhere, found.by_location) == (7, {lume.location.id: 1})


def test_what_is_being_withdrawn_is_left_no_more(lume: Shop) -> None:
    pool = pool_of(lume, low_at=0)
    going = stock(lume, pool, TEN)
    hand_out(TEN[:2], 1)
    stock(lume, pool, ["STAYS"])
    revoke_batch(lume.merchant, pool.id, going, actor=lume.actor)

    found = stock_at(lume, pool)

    assert (found.total, found.free, found.handed_out, found.withdrawn) == (11, 1, 2, 8)
    work(lume, pool, going)
    assert stock_at(lume, pool) == found


def test_days_left_go_by_the_pace_of_the_last_four_weeks(lume: Shop) -> None:
    pool = pool_of(lume)
    stock(lume, pool, TEN)
    hand_out(TEN[:2], 9)
    hand_out(TEN[2:5], 0)

    assert stock_at(lume, pool).days_left == 5 * 10 // 5, "five in ten days, and five are left"


def test_nobody_can_tell_yet_where_few_days_were_seen(lume: Shop) -> None:
    pool = pool_of(lume)
    stock(lume, pool, TEN)
    assert stock_at(lume, pool).days_left is None

    hand_out(TEN[:5], 1)

    assert stock_at(lume, pool).days_left is None


def test_what_was_handed_out_long_ago_does_not_count(lume: Shop) -> None:
    pool = pool_of(lume)
    stock(lume, pool, TEN)
    hand_out(TEN[:5], 40)

    assert stock_at(lume, pool).days_left is None


@pytest.mark.parametrize(("low_at", "low"), [(10, True), (9, False), (0, False)])
def test_few_codes_are_few_from_the_number_on_that_the_owner_has_set(lume: Shop, low_at: int, low: bool) -> None:
    pool = pool_of(lume, low_at=low_at)
    stock(lume, pool, TEN)

    assert stock_at(lume, pool).is_low(pool) is low


def test_a_list_that_was_never_filled_is_not_low(lume: Shop) -> None:
    pool = pool_of(lume)

    assert not stock_at(lume, pool).is_low(pool)

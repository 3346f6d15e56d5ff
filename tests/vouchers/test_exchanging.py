"""Vouchers that have a code of a batch that is withdrawn get another one."""

from datetime import datetime, timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.rows import PoolRow
from stampwell.redeem_codes.stock import Stock, stock_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from tests.moments import START
from tests.redeem_codes.working import CODES, lay_in, pool_of, revoke
from tests.vouchers.test_till_codes import USED, offer_from, owners_of, show, voucher_of
from tests.vouchers.test_waiting import serve
from tests.world import Shop

pytestmark = pytest.mark.django_db


def stock_now(shop: Shop, pool: PoolRow, at: datetime) -> Stock:
    with merchant_transaction(shop.merchant.id) as tx:
        return stock_of(tx, [pool], at=at)[pool.id]


def test_a_voucher_with_a_code_of_a_withdrawn_batch_gets_another_one(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    batch_id = lay_in(lume, pool)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)
    lay_in(lume, pool, ["NEW1"])

    revoke(lume, pool, batch_id)

    assert owners_of(pool) == {CODES[0]: first, CODES[1]: second, CODES[2]: None, "NEW1": first}
    assert set(PoolCode.objects.filter(revoked=None).values_list("code", flat=True)) == {"NEW1"}
    assert Voucher.objects.get(waits_since__isnull=False).id == second
    lay_in(lume, pool, ["NEW2"])
    serve(lume)
    assert (show(lume, first), show(lume, second)) == ("NEW1", "NEW2")


def test_a_code_that_is_being_shown_changes_under_the_customers_eyes_where_there_is_another_one(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = lay_in(lume, pool)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)
    shown = [show(lume, one) for one in (first, second)]
    lay_in(lume, pool, ["NEW1"])

    revoke(lume, pool, batch_id)

    assert (shown, [show(lume, one) for one in (first, second)]) == ([*CODES[:2]], ["NEW1", CODES[1]])
    assert set(Voucher.objects.values_list("revealed", flat=True)) == {START}


def test_a_voucher_that_was_used_keeps_the_code_that_it_was_used_with(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)
    lay_in(lume, pool, ["NEW1"])
    with stopped_at(USED):
        let_vouchers_age(lume.merchant.id)

        revoke(lume, pool, batch_id)

    assert PoolCode.objects.get(voucher_id=voucher_id, revoked=None).code == CODES[0]


def test_what_vouchers_had_counts_as_withdrawn_and_no_more_as_handed_out(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    batch_id = lay_in(lume, pool, ["OLD1", "OLD2", "OLD3", "OLD4"])
    offer = offer_from(lume, pool)
    used, exchanged, over = voucher_of(offer), voucher_of(offer), voucher_of(offer)
    show(lume, used)
    Voucher.objects.filter(id=over).update(state="expired", expires=START)
    later = START + timedelta(days=4)
    with stopped_at(later):
        let_vouchers_age(lume.merchant.id)
        before = stock_now(lume, pool, later)
        lay_in(lume, pool, ["NEW1", "NEW2"])

        revoke(lume, pool, batch_id)

    after = stock_now(lume, pool, later)
    assert (before.free, before.handed_out, before.withdrawn, before.lately) == (1, 3, 0, 3)
    assert (after.free, after.handed_out, after.withdrawn) == (1, 2, 3)
    assert after.lately == 2, "that of the voucher that was used, and the one that took the place of another"
    assert owners_of(pool)["NEW1"] == exchanged
    assert CodeBatch.objects.get(id=batch_id).withdrawn == 3


def test_what_stays_because_no_other_is_left_counts_once(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = lay_in(lume, pool, CODES[:1])
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)

    revoke(lume, pool, batch_id)

    left = stock_now(lume, pool, START)
    assert (show(lume, voucher_id), left.handed_out, left.withdrawn) == (CODES[0], 0, 1)

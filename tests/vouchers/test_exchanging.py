"""Vouchers that have a code of a batch that is withdrawn get another one."""

import pytest

from stampwell.clock import stopped_at
from stampwell.redeem_codes.models import PoolCode
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from tests.moments import START
from tests.redeem_codes.working import CODES, lay_in, pool_of, revoke
from tests.vouchers.test_till_codes import USED, offer_from, owners_of, show, voucher_of
from tests.vouchers.test_waiting import serve
from tests.world import Shop

pytestmark = pytest.mark.django_db


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

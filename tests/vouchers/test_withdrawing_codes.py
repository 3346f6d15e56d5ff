"""Single codes of a list are withdrawn: they go to nobody, and vouchers that have one get another."""

from typing import get_args

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import DeskChange, Event
from stampwell.ids import public_id
from stampwell.redeem_codes.confirming import confirm_codes
from stampwell.redeem_codes.handing_out import return_code
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.rows import PoolRow
from stampwell.redeem_codes.stock import Stock, stock_of
from stampwell.redeem_codes.withdrawal_words import REASON_WORDS
from stampwell.redeem_codes.withdrawing import Reason
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.withdrawing_codes import withdraw_single_codes
from tests.moments import START
from tests.redeem_codes.working import CODES, lay_in, pool_of, revoke, stock
from tests.vouchers.test_till_codes import USED, give_back, offer_from, owners_of, show, voucher_of
from tests.vouchers.test_waiting import serve
from tests.world import Shop

pytestmark = pytest.mark.django_db


def withdraw(shop: Shop, pool: PoolRow, *codes: str) -> dict[str, str]:
    done = withdraw_single_codes(shop.merchant, pool.id, codes, reason="refused_by_till", actor=shop.actor)
    return {one.code: one.outcome for one in done}


def stock_now(shop: Shop, pool: PoolRow) -> Stock:
    with merchant_transaction(shop.merchant.id) as tx:
        return stock_of(tx, [pool], at=START)[pool.id]


def test_a_free_code_that_is_withdrawn_goes_to_nobody(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    offer = offer_from(lume, pool)

    assert withdraw(lume, pool, CODES[0]) == {CODES[0]: "withdrawn"}

    assert show(lume, voucher_of(offer)) == CODES[1]
    left = stock_now(lume, pool)
    assert (left.free, left.withdrawn, left.handed_out) == (1, 1, 1)


def test_withdrawn_once_more_nothing_changes_and_nothing_is_told_again(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)

    assert withdraw(lume, pool, CODES[0]) == withdraw(lume, pool, CODES[0], CODES[0])

    event, row = Event.objects.get(type="codes.withdrawn"), PoolCode.objects.get(code=CODES[0])
    assert event.data == {
        "code_pool": {"id": public_id("cdp", pool.id), "name": pool.name},
        "reason": "refused_by_till",
        "pool_code_ids": [public_id("cde", row.id)],
    }
    assert DeskChange.objects.filter(kind="codes.withdrawn").count() == 1
    assert CodeBatch.objects.get().withdrawn == 1


def test_a_voucher_that_shows_a_withdrawn_code_shows_another_under_its_customers_eyes(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)

    withdraw(lume, pool, CODES[0])

    assert (show(lume, voucher_id), Voucher.objects.get().revealed) == (CODES[1], START)
    assert owners_of(pool) == {CODES[0]: voucher_id, CODES[1]: voucher_id, CODES[2]: None}


def test_a_voucher_that_got_its_code_at_issue_gets_the_next_one_or_waits(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)

    withdraw(lume, pool, *CODES[:2])

    assert owners_of(pool)[CODES[2]] == first
    assert Voucher.objects.get(waits_since__isnull=False).id == second
    lay_in(lume, pool, ["NEW1"])
    serve(lume)
    assert (show(lume, first), show(lume, second)) == (CODES[2], "NEW1")


def test_where_no_other_is_left_what_is_shown_stays_but_not_for_the_next_time(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, CODES[:1])
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)

    assert withdraw(lume, pool, CODES[0]) == {CODES[0]: "withdrawn"}

    assert show(lume, voucher_id) == CODES[0]
    give_back(lume, voucher_id)
    lay_in(lume, pool, ["NEW1"])
    with stopped_at(USED):
        assert show(lume, voucher_id) == "NEW1"


def test_a_code_that_was_used_stays_and_is_told(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    used, confirmed = voucher_of(offer), voucher_of(offer)
    for one in (used, confirmed):
        show(lume, one)
    with merchant_transaction(lume.merchant.id) as tx:
        confirm_codes(tx, [confirmed], at=START)
    with stopped_at(USED):
        let_vouchers_age(lume.merchant.id)

        assert withdraw(lume, pool, *CODES[:2]) == {CODES[0]: "used", CODES[1]: "used"}

    assert not PoolCode.objects.exclude(withdrawn=None, revoked=None).exists()
    assert not Event.objects.filter(type="codes.withdrawn").exists()


def test_a_code_is_found_as_somebody_types_it_and_in_its_own_list_only(lume: Shop, rossi: Shop) -> None:
    pool, other = pool_of(lume), pool_of(lume, name="Another")
    lay_in(lume, pool)
    lay_in(lume, other, ["ELSEWHERE"])

    told = withdraw(lume, pool, f" {CODES[0].lower()} ", "ELSEWHERE", "NOBODYS")

    assert told == {f" {CODES[0].lower()} ": "withdrawn", "ELSEWHERE": "unknown", "NOBODYS": "unknown"}
    with pytest.raises(NotFound):
        withdraw(rossi, pool, CODES[1])


def test_where_it_may_be_two_codes_of_the_list_it_is_none(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, ["ab12", "AB12"])

    assert withdraw(lume, pool, "Ab12") == {"Ab12": "unknown"}
    assert withdraw(lume, pool, " ab12") == {" ab12": "withdrawn"}
    assert PoolCode.objects.get(withdrawn__isnull=False).code == "ab12"


def test_a_code_that_is_named_in_several_ways_is_told_once(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)

    told = withdraw(lume, pool, CODES[1].lower(), "NOBODYS", CODES[1], f" {CODES[1]}", CODES[0])

    assert told == {CODES[1].lower(): "withdrawn", "NOBODYS": "unknown", CODES[0]: "withdrawn"}


def test_what_a_voucher_had_counts_as_withdrawn_and_no_more_as_handed_out(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    voucher_of(offer_from(lume, pool))

    withdraw(lume, pool, CODES[0])

    left = stock_now(lume, pool)
    assert (left.free, left.withdrawn, left.handed_out) == (1, 1, 1)


@pytest.mark.parametrize("alone_first", [True, False])
def test_a_code_that_comes_back_from_a_withdrawn_file_counts_once(lume: Shop, alone_first: bool) -> None:
    pool = pool_of(lume, handed_out="issue")
    batch_id = stock(lume, pool, CODES[:1])
    voucher_id = voucher_of(offer_from(lume, pool))
    if alone_first:
        withdraw(lume, pool, CODES[0])
        PoolCode.objects.update(revoked=None)
    CodeBatch.objects.filter(id=batch_id).update(revoked=START)

    with merchant_transaction(lume.merchant.id) as tx:
        return_code(tx, voucher_id)

    assert (CodeBatch.objects.get().withdrawn, PoolCode.objects.get().voucher_id) == (1, None)


def test_a_file_that_is_withdrawn_later_counts_what_was_withdrawn_before(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    withdraw(lume, pool, CODES[0])

    revoke(lume, pool, batch_id)

    assert CodeBatch.objects.get().withdrawn == 3
    assert stock_now(lume, pool).handed_out == 0


def test_each_reason_has_its_words() -> None:
    assert set(REASON_WORDS) == set(get_args(Reason.__value__))

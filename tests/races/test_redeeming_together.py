"""One voucher, many hands: exactly one gets the reward."""

from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.refusal import Refusal
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.checking import check_own_use
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.serving import Product
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 50
BY_CODE = {"path": "redeem_code", "redeem_code": {"kind": "static", "code": "FREECOFFEE"}}


def voucher_of(shop: Shop, **reward: object) -> UUID:
    terms = {"name": "Tea", **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": terms}]).card()
    add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    return card.open_vouchers[0].id


def test_of_fifty_callers_over_http_one_redeems(product: Product) -> None:
    shop = open_lume()
    path = f"/vouchers/{public_id('vch', voucher_of(shop))}/redemption"

    answers = call_all(product.url, shop.api_key(), [Call(path, {}) for _caller in range(CALLERS)])

    assert count_statuses(answers) == {201: 1, 409: CALLERS - 1}
    assert {answer.json().get("code") for answer in answers} == {None, "voucher_already_redeemed"}
    assert Redemption.objects.filter(merchant=shop.merchant).count() == 1


def test_fifty_callers_with_one_key_get_one_answer(product: Product) -> None:
    shop = open_lume()
    path = f"/vouchers/{public_id('vch', voucher_of(shop))}/redemption"

    answers = call_all(product.url, shop.api_key(), [Call(path, {}, key="tap")] * CALLERS)

    settled = [answer for answer in answers if answer.json().get("code") != "request_in_progress"]
    assert {(answer.status_code, answer.content) for answer in settled} == {(201, settled[0].content)}
    assert len(settled) > 1
    assert Redemption.objects.filter(merchant=shop.merchant).count() == 1


@pytest.mark.parametrize("round_of_play", range(5))
def test_over_mixed_paths_one_gets_through(round_of_play: int) -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, **BY_CODE)
    merchant = shop.merchant

    def scan() -> object:
        return hand_over(merchant, voucher_id, path="staff_scan", actor=Actor(source="scanner"))

    def api() -> object:
        return hand_over(merchant, voucher_id, actor=Actor(source="api"))

    def age() -> object:
        return let_vouchers_age(merchant.id)

    # One customer who taps twice sees the same code twice: that is one use. So one phone, many tills.
    ends = run_together(*[scan] * 16, *[api] * 16, lambda: reveal_code(merchant, voucher_id), age)

    tills_and_phone = ends[:-1]
    assert sum(end is None for end in tills_and_phone) == 1
    assert all(isinstance(end, Refusal) for end in tills_and_phone if end is not None)
    assert ends[-1] is None


def test_self_redeem_and_staff_scan_at_once_use_it_once() -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, path="self_redeem")

    ends = run_together(
        *[lambda: hand_over(shop.merchant, voucher_id, path="self_redeem", actor=Actor(source="card"))] * 8,
        *[lambda: hand_over(shop.merchant, voucher_id, path="staff_scan", actor=Actor(source="scanner"))] * 8,
    )

    assert sum(end is None for end in ends) == 1
    assert Redemption.objects.filter(merchant=shop.merchant).count() == 1


def test_a_redemption_is_taken_back_once() -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop)
    hand_over(shop.merchant, voucher_id, actor=shop.actor)
    redemption = Redemption.objects.get(merchant=shop.merchant)

    ends = run_together(*[lambda: reverse_redemption(shop.merchant, redemption.id, reason="", actor=shop.actor)] * 12)

    assert sum(end is None for end in ends) == 1
    assert Voucher.objects.get(merchant=shop.merchant).reversals == 1


def test_the_race_exists_without_the_lock() -> None:
    """Look, then use: what redeeming would be without FOR UPDATE and the unique redemption."""
    shop = open_lume()
    voucher_id = voucher_of(shop)
    used, everybody_has_read = list[int](), Barrier(8, timeout=60)

    def redeem_carelessly() -> None:
        with connection.cursor() as cursor:
            where = [shop.merchant.id, voucher_id]
            cursor.execute("SELECT state FROM voucher WHERE merchant_id = %s AND id = %s", where)
            state = cursor.fetchone()[0]
            everybody_has_read.wait()
            if state == "ready":
                cursor.execute("UPDATE voucher SET state = 'redeemed' WHERE merchant_id = %s AND id = %s", where)
                used.append(1)

    run_together(*[redeem_carelessly] * 8)

    assert len(used) > 1


def test_of_many_who_check_one_use_one_hands_out() -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, path="self_redeem")
    hand_over(shop.merchant, voucher_id, path="self_redeem", actor=CUSTOMER)
    checked = []

    def check() -> None:
        checked.append(check_own_use(shop.merchant, voucher_id, actor=shop.actor))

    assert run_together(*[check] * 16) == [None] * 16
    assert len([use for use in checked if use]) == 1
    assert Event.objects.filter(merchant_id=shop.merchant.id, type="voucher.checked").count() == 1

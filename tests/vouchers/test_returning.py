"""Taking back a part of what a reward took off."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stampwell.counter.handing_over import GivenBack, give_back
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.baskets import Basket
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.discounts import Line
from stampwell.vouchers.models import Redemption, Reversal
from stampwell.vouchers.redeeming import Redeemed, redeem_voucher
from stampwell.vouchers.refusals import NoDiscountTold, PartTooLarge, RedemptionAlreadyReversed
from stampwell.vouchers.returning import Part, shares_of
from stampwell.vouchers.rows import read_voucher
from tests.moments import START
from tests.vouchers.test_redeeming import voucher_for
from tests.world import Shop

TILL = Actor(source="api")
HALF = {"kind": "percentage", "percent": 50}
BASKET = Basket(lines=[Line(amount=200), Line(amount=40), Line(amount=0)])  # 100 and 20 come off
PARTS = st.builds(Part, amount=st.integers(1, 10**9)) | st.builds(
    Part, lines=st.lists(st.integers(0, 7), min_size=1, max_size=4)
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.lists(PARTS, max_size=8))
def test_parts_are_never_more_than_was_taken_off(taken: list[int], parts: list[Part]) -> None:
    left = taken
    for part in parts:
        shares = shares_of(part, left)
        assert part.amount is None or sum(shares) in (0, part.amount)
        left = [one - share for one, share in zip(left, shares, strict=True)]

        assert all(0 <= one <= before for one, before in zip(left, taken, strict=True))


def used(shop: Shop, basket: Basket | None = BASKET, **reward: Any) -> Redeemed:
    return redeem_voucher(shop.merchant, voucher_for(shop, discount=HALF, **reward), actor=TILL, basket=basket)


def take_back(shop: Shop, redeemed: Redeemed, **part: Any) -> GivenBack:
    asked = Part(**part) if part else None
    return give_back(shop.merchant, redeemed.redemption.id, reason="Broken", actor=TILL, part=asked)


def off(done: GivenBack) -> list[int]:
    assert done.facts.reversal.discount is not None
    assert done.facts.reversal.discount.amount == sum(done.facts.reversal.discount.lines)
    return done.facts.reversal.discount.lines


def test_a_part_is_taken_back_and_the_voucher_stays_used(lume: Shop) -> None:
    redeemed = used(lume)

    by_amount, by_line = take_back(lume, redeemed, amount=30), take_back(lume, redeemed, lines=[1, 2])

    assert (off(by_amount), off(by_line)) == ([25, 5, 0], [0, 15, 0])
    assert by_line.facts.voucher.state == "redeemed"
    assert Redemption.objects.get().returned_lines == [25, 20, 0]
    assert not Reversal.objects.exists()
    told = Event.objects.filter(type="voucher.partly_reversed").order_by("id")
    assert [one.data["reversal"]["discount"]["amount"] for one in told] == [30, 15]


@pytest.mark.parametrize("part", [{"amount": 91}, {"lines": [2]}, {"lines": [7]}, {"lines": [0, 3]}])
def test_more_than_is_left_is_not_taken_back(lume: Shop, part: dict[str, Any]) -> None:
    redeemed = used(lume)
    take_back(lume, redeemed, amount=30)

    with pytest.raises(PartTooLarge) as refused:
        take_back(lume, redeemed, **part)

    assert refused.value.facts["left"].minor == 90
    assert Redemption.objects.get().returned_lines == [25, 5, 0]


def test_the_last_part_gives_the_voucher_back(lume: Shop) -> None:
    redeemed = used(lume)
    take_back(lume, redeemed, lines=[0])

    last = take_back(lume, redeemed, amount=20)

    assert (off(last), last.facts.voucher.state, Reversal.objects.count()) == ([0, 20, 0], "ready", 1)
    with pytest.raises(RedemptionAlreadyReversed):
        take_back(lume, redeemed, amount=1)


def test_the_whole_after_a_part_tells_what_was_left(lume: Shop) -> None:
    redeemed = used(lume)
    take_back(lume, redeemed, lines=[1])

    assert off(take_back(lume, redeemed)) == [100, 0, 0]


def test_used_and_taken_back_it_is_as_before(lume: Shop) -> None:
    voucher_id = voucher_for(lume, discount=HALF, valid_days=7)

    def shown() -> VoucherFacts:
        with merchant_transaction(lume.merchant.id) as tx:
            return describe_voucher(tx, read_voucher(tx, voucher_id), at=START)

    before = shown()
    ways: list[list[dict[str, Any]]] = [[{}], [{"amount": 30}, {}], [{"lines": [0]}, {"amount": 5}, {"lines": [1]}]]
    for parts in ways:
        redeemed = redeem_voucher(lume.merchant, voucher_id, actor=TILL, basket=BASKET)
        assert shown().state == "redeemed"
        for part in parts:
            take_back(lume, redeemed, **part)
        assert shown() == before


def test_without_a_basket_there_are_no_parts(lume: Shop) -> None:
    with pytest.raises(NoDiscountTold):
        take_back(lume, used(lume, basket=None), amount=1)

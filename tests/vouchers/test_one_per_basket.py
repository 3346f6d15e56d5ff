"""Rewards that want to be the only one of a purchase, whichever voucher comes first."""

import itertools
from typing import Any
from uuid import UUID

import pytest

from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.baskets import Basket, why_not_together
from stampwell.vouchers.discounts import Line
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.redeeming import use_voucher
from stampwell.vouchers.refusals import OneRewardPerBasket
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.rows import lock_voucher, read_voucher
from tests.vouchers.test_redeeming import voucher_for
from tests.world import Shop

ALONE: dict[str, Any] = {"kind": "amount", "amount": 100, "one_per_basket": True}
SHARES: dict[str, Any] = {"kind": "percentage", "percent": 10}


def basket_with(*vouchers: UUID) -> Basket:
    return Basket(lines=[Line(amount=1000)], vouchers=vouchers)


def use(shop: Shop, voucher_id: UUID, basket: Basket | None) -> None:
    with merchant_transaction(shop.merchant.id) as tx:
        use_voucher(tx, shop.merchant, lock_voucher(tx, voucher_id), actor=shop.actor, basket=basket)


def why_not(shop: Shop, voucher_id: UUID, *named: UUID) -> bool:
    with merchant_transaction(shop.merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
        reward = terms_of(shop.merchant.id, voucher.version_id).reward(voucher.reward_id)
        return why_not_together(tx, voucher_id, reward, basket_with(*named)) is not None


@pytest.fixture
def vouchers(lume: Shop) -> dict[str, UUID]:
    return {
        "alone": voucher_for(lume, discount=ALONE),
        "also alone": voucher_for(lume, discount=ALONE),
        "shares": voucher_for(lume, discount=SHARES),
        "says nothing": voucher_for(lume),
    }


def test_whatever_the_order_nothing_is_used_beside_a_reward_that_wants_to_be_alone(
    lume: Shop, vouchers: dict[str, UUID]
) -> None:
    for size in (1, 2, 3, 4):
        for names in itertools.permutations(vouchers, size):
            named = [vouchers[name] for name in names]
            refused = [why_not(lume, one, *named) for one in named]

            together = size == 1 or not any("alone" in name for name in names)
            assert refused == [not together] * size, names


def test_it_is_asked_where_a_voucher_is_held_and_where_it_is_used(lume: Shop, vouchers: dict[str, UUID]) -> None:
    alone, shares = vouchers["alone"], vouchers["shares"]

    for one, other in ((alone, shares), (shares, alone)):
        with pytest.raises(OneRewardPerBasket):
            reserve_voucher(lume.merchant, one, seconds=60, actor=lume.actor, basket=basket_with(other))
        with pytest.raises(OneRewardPerBasket):
            use(lume, one, basket_with(one, other))
    assert not Redemption.objects.exists()
    use(lume, alone, basket_with(alone, alone))
    use(lume, shares, basket_with())
    assert Redemption.objects.count() == 2


def test_a_voucher_of_somebody_else_is_not_found(lume: Shop, rossi: Shop, vouchers: dict[str, UUID]) -> None:
    theirs = voucher_for(rossi)

    for other in (theirs, UUID(int=1)):
        with pytest.raises(NotFound):
            use(lume, vouchers["says nothing"], basket_with(other))

"""About what a discount would have cost, by the purchases of which the amount is known."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from stampwell.cards.discount_costs import Average, Purchases, average_off, read_purchases
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now
from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
PAID = Purchases({1000: 2, 3000: 1, 100: 1}, 0)


@pytest.mark.parametrize(
    ("rule", "average"),
    [
        (Percentage(percent=10), Average(2 * 100 + 300 + 10, 4)),
        (Percentage(percent=10, maximum_discount=150), Average(2 * 100 + 150 + 10, 4)),
        (AmountOff(amount=250), Average(3 * 250 + 100, 4)),
        (AmountOff(amount=250, minimum_spend=500), Average(3 * 250, 3)),
        (AmountOff(amount=250, minimum_spend=5000), None),
        (FreeItem(skus=["tea"]), None),
    ],
)
def test_what_comes_off_is_what_a_till_would_be_told(rule: DiscountRule, average: Average | None) -> None:
    assert average_off(rule, PAID) == average


def test_so_many_rewards_cost_so_many_times_the_average() -> None:
    assert [Average(510, 4).of(rewards) for rewards in (0, 1, 2)] == [0, 128, 255]


def stamped(offer: Offer, **purchase: Any) -> Any:
    return add_stamp(offer.shop.merchant, offer.card().id, Purchase(**purchase), actor=offer.shop.actor)


def test_only_purchases_of_the_program_that_stand_are_read(lume: Shop, rossi: Shop) -> None:
    offer, other = lume.publish(), lume.publish()
    for amount in (1000, 1000, 2500, None):
        stamped(offer, amount=amount)
    stamped(other, amount=9900)
    stamped(rossi.publish(), amount=9900)
    wrong = stamped(offer, amount=7700)
    undo_stamp(lume.merchant, wrong.stamp.id, reason="wrong card", actor=lume.actor)

    day = timedelta(days=1)
    found = read_purchases(lume.merchant, offer.program.id, "EUR", since=now() - day, until=now() + day)
    before = read_purchases(lume.merchant, offer.program.id, "EUR", since=now() - 2 * day, until=now() - day)
    in_yen = read_purchases(lume.merchant, offer.program.id, "JPY", since=now() - day, until=now() + day)

    assert (found.times, found.without, found.known) == ({1000: 2, 2500: 1}, 1, 3)
    assert (before.times, before.without) == ({}, 0)
    assert (in_yen.times, in_yen.without) == ({}, 1)


def test_of_very_many_purchases_a_part_is_read_and_scaled_up(lume: Shop) -> None:
    offer = lume.publish()
    for _card in range(4):
        stamped(offer, amount=1000)

    found = read_purchases(lume.merchant, offer.program.id, "EUR", since=now() - timedelta(days=1), until=now(), most=4)

    every_second = "SELECT count(*) FROM card WHERE mod(abs(hashtext(id::text)::bigint), 2) = 0"
    with connection.cursor() as cursor:
        cursor.execute(every_second)
        (looked_at,) = cursor.fetchone()
    assert found.known == 2 * looked_at

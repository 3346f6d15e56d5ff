"""A code that is replaced while it is shown, planned and taken back by many at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.clock import now, stopped_at
from stampwell.merchants.local_time import local_day
from stampwell.programs.models import CodeSuccessor
from stampwell.programs.replacing_codes import NextCode, plan_successor, take_back_successor
from stampwell.programs.successor_refusals import SuccessorBegun, SuccessorPlanned
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.revealing import reveal_code
from tests.races.callers import run_together
from tests.vouchers.test_codes_by_location import offer_of, voucher_of
from tests.world import Offer, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def plan(offer: Offer, code: str, in_days: int) -> UUID:
    shop = offer.shop
    wanted = NextCode(code=code, first_day=local_day(shop.merchant, now()) + timedelta(days=in_days))
    return plan_successor(shop.merchant, offer.terms.rewards[0].id, None, wanted, actor=shop.actor).id


def shown(shop: Shop) -> list[str | None]:
    return list(Voucher.objects.filter(merchant=shop.merchant).values_list("shown_code", flat=True))


def test_of_many_who_plan_one_does_and_each_showing_is_of_one_of_both() -> None:
    shop = open_lume()
    offer = offer_of(shop, {})
    vouchers = [voucher_of(offer) for _one in range(6)]
    shows = [lambda one=one: reveal_code(shop.merchant, one) for one in vouchers]

    ends = run_together(*[lambda n=n: plan(offer, f"NEW{n}", 1) for n in range(4)])
    planned = CodeSuccessor.objects.get()
    take_back_successor(shop.merchant, planned.id, actor=shop.actor)
    run_together(*shows[:3], lambda: plan(offer, "NEWTEA", 0), *shows[3:])

    assert [type(end) for end in ends if end] == [SuccessorPlanned] * 3
    assert set(shown(shop)) <= {"FREETEA", "NEWTEA"}
    assert reveal_code(shop.merchant, voucher_of(offer)).code == "NEWTEA"


def test_at_the_turn_nobody_takes_it_back_and_all_are_shown_the_next_one() -> None:
    shop = open_lume()
    offer = offer_of(shop, {})
    planned = plan(offer, "NEWTEA", 1)
    starts = CodeSuccessor.objects.get().starts
    with stopped_at(starts):
        vouchers = [voucher_of(offer) for _one in range(6)]
        shows = [lambda one=one: reveal_code(shop.merchant, one) for one in vouchers]
        backs = [lambda: take_back_successor(shop.merchant, planned, actor=shop.actor)] * 4
        ends = run_together(*shows[:3], *backs, *shows[3:])

    assert [type(end) for end in ends if end] == [SuccessorBegun] * 4
    assert shown(shop) == ["NEWTEA"] * 6


def test_taken_back_by_many_in_time_it_is_gone_once() -> None:
    shop = open_lume()
    offer = offer_of(shop, {})
    planned = plan(offer, "NEWTEA", 1)

    ends = run_together(*[lambda: take_back_successor(shop.merchant, planned, actor=shop.actor)] * 4)

    assert sum(end is None for end in ends) == 1
    assert not CodeSuccessor.objects.exists()

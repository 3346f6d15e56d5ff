"""Codes of a pool are handed out at the same moment: never one to two vouchers, never two to one."""

from uuid import UUID

import pytest

from stampwell.clock import now
from stampwell.events.models import Event
from stampwell.redeem_codes import handing_out
from stampwell.redeem_codes.handing_out import take_code
from stampwell.redeem_codes.models import PoolCode
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.revealing import reveal_code
from tests.races.callers import run_together
from tests.races.test_overtaken import met
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_till_codes import offer_from, voucher_of
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 32  # each for one voucher after the other
CODES = [f"CODE{number:02}" for number in range(64)]


def test_of_64_vouchers_each_gets_a_code_of_its_own() -> None:
    shop = open_lume()
    pool = pool_of(shop)
    lay_in(shop, pool, CODES)
    offer = offer_from(shop, pool)
    vouchers = [voucher_of(offer) for _ in CODES]
    shown: dict[UUID, str] = {}

    def show(*some: UUID) -> None:
        for voucher_id in some:
            shown[voucher_id] = reveal_code(shop.merchant, voucher_id).code

    steps = [lambda some=vouchers[caller::CALLERS]: show(*some) for caller in range(CALLERS)]
    assert set(run_together(*steps)) == {None}

    assert sorted(shown.values()) == CODES
    kept = {one.voucher_id: one.code for one in PoolCode.objects.all()}
    assert kept == shown
    assert Event.objects.filter(type="code.handed_out").count() == len(CODES)


def test_of_one_voucher_shown_by_many_there_is_one_code() -> None:
    shop = open_lume()
    pool = pool_of(shop)
    lay_in(shop, pool, CODES)
    voucher_id = voucher_of(offer_from(shop, pool))
    shown: list[str] = []

    ends = run_together(*[lambda: shown.append(reveal_code(shop.merchant, voucher_id).code)] * 8)

    assert (set(ends), shown) == ({None}, CODES[:1] * 8)
    assert PoolCode.objects.filter(given__isnull=False).count() == 1


def test_whoever_takes_a_code_holds_none_of_the_next_file() -> None:
    shop = open_lume()
    pool = pool_of(shop)
    lay_in(shop, pool, CODES[:1])
    lay_in(shop, pool, CODES[1:2])
    offer = offer_from(shop, pool)
    first, second = voucher_of(offer), voucher_of(offer)
    shown: list[str] = []

    with merchant_transaction(shop.merchant.id) as tx:
        take_code(tx, pool.id, voucher_id=first, location_id=None, at=now())
        ends = run_together(lambda: shown.append(reveal_code(shop.merchant, second).code))

    assert (ends, shown) == ([None], CODES[1:2])


def test_without_its_rule_one_code_goes_to_two_vouchers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real: whoever looks for a free code does not see that somebody is just taking it."""
    shop = open_lume()
    pool = pool_of(shop)
    lay_in(shop, pool, CODES[:2])
    offer = offer_from(shop, pool)
    first, second = voucher_of(offer), voucher_of(offer)

    def take(tx: Statements, voucher_id: UUID) -> str | None:
        taken = take_code(tx, pool.id, voucher_id=voucher_id, location_id=None, at=now())
        return taken.code if taken else None

    def take_for_second() -> str | None:
        with merchant_transaction(shop.merchant.id) as tx:
            return take(tx, second)

    taken: list[str | None] = []
    monkeypatch.setattr(handing_out, "_TAKE", handing_out._TAKE.replace("FOR UPDATE SKIP LOCKED", ""))
    met_by = met(shop, lambda tx: taken.append(take(tx, first)), take_for_second)

    assert (taken, met_by) == ([CODES[0]], CODES[0])


def test_of_the_last_code_one_voucher_is_told_that_none_is_left() -> None:
    shop = open_lume()
    pool = pool_of(shop)
    lay_in(shop, pool, CODES[:1])
    offer = offer_from(shop, pool)
    vouchers = [voucher_of(offer) for _ in range(2)]

    ends = run_together(*[lambda one=one: reveal_code(shop.merchant, one) for one in vouchers])

    assert [type(end) for end in ends if end] == [NoCodeLeft]
    assert PoolCode.objects.filter(given__isnull=False).count() == 1

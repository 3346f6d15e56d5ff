"""A voucher that is extended while its time is up, while it is used, and by many at once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.extending import extend_voucher
from stampwell.clock import now, stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.schedule import remind_customers
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import EndNotPossible, VoucherAlreadyRedeemed
from tests.moments import START, end_of_day
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.races.test_redeeming_together import voucher_of
from tests.serving import Product
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

TILL = Actor(source="api")
WEEK, MONTH = end_of_day(START, 7), end_of_day(START, 30)


def extend(shop: Shop, voucher_id: UUID, until: datetime = MONTH) -> object:
    return extend_voucher(shop.merchant, voucher_id, until=until, reason="Was ill", actor=TILL)


@pytest.mark.parametrize("round_of_play", range(3))
def test_extended_while_its_time_is_up_it_lives(round_of_play: int) -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, valid_days=7)

    with stopped_at(WEEK):
        ends = run_together(*[lambda: let_vouchers_age(shop.merchant.id)] * 3, *[lambda: extend(shop, voucher_id)] * 4)

    voucher = Voucher.objects.get()
    assert sum(end is None for end in ends[3:]) == 1
    assert all(isinstance(end, EndNotPossible) for end in ends[3:] if end)
    assert (voucher.state, voucher.expires, voucher.due) == ("ready", MONTH, MONTH)
    assert Event.objects.filter(type="voucher.extended").count() == 1
    assert ends[:3] == [None] * 3


def test_extended_and_used_at_once_it_is_used_once() -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, valid_days=7)

    ends = run_together(
        *[lambda: redeem_voucher(shop.merchant, voucher_id, actor=TILL)] * 4, lambda: extend(shop, voucher_id)
    )

    voucher = Voucher.objects.get()
    assert (voucher.state, Redemption.objects.count()) == ("redeemed", 1)
    assert sum(end is None for end in ends[:4]) == 1
    assert voucher.expires == (MONTH if ends[4] is None else WEEK)
    assert ends[4] is None or isinstance(ends[4], VoucherAlreadyRedeemed)


@pytest.mark.machine_clock
def test_of_twenty_programs_one_extends_it(product: Product) -> None:
    shop = open_lume()
    path = f"/vouchers/{public_id('vch', voucher_of(shop, valid_days=7))}/extension"
    body = {"expires_at": end_of_day(now(), 30).isoformat(), "reason": "Was ill"}

    answers = call_all(product.url, shop.api_key(), [Call(path, body) for _program in range(20)])

    assert count_statuses(answers) == {201: 1, 422: 19}
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"end_not_possible"}
    assert Event.objects.filter(type="voucher.extended").count() == 1


def test_several_workers_remind_once() -> None:
    shop = open_lume()
    ids = {voucher_of(shop, valid_days=7, remind_days_before=1) for _ in range(3)}

    with stopped_at(WEEK - timedelta(hours=36)):
        run_together(*[remind_customers] * 4)
        remind_customers()

    told = Event.objects.filter(type="voucher.ending").values_list("voucher_id", flat=True)
    assert (len(told), set(told)) == (3, ids)

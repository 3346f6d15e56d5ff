"""Parts of one discount, taken back by many at once."""

import pytest

from stampwell.counter.handing_over import give_back
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.vouchers.baskets import Basket
from stampwell.vouchers.discounts import Line
from stampwell.vouchers.models import Reversal, Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import PartTooLarge, RedemptionAlreadyReversed
from stampwell.vouchers.returning import Part
from tests.races.callers import run_together
from tests.races.test_redeeming_together import voucher_of
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)

TILL = Actor(source="api")
TAKES_OFF = {"discount": {"kind": "amount", "amount": 120}}


@pytest.mark.parametrize("with_whole", [True, False])
def test_parts_and_the_whole_at_once_are_never_more_than_was_taken_off(with_whole: bool) -> None:
    shop = open_lume()
    basket = Basket(lines=[Line(amount=500), Line(amount=300)])
    used = redeem_voucher(shop.merchant, voucher_of(shop, **TAKES_OFF), actor=TILL, basket=basket).redemption.id

    def take_back(part: Part | None) -> None:
        give_back(shop.merchant, used, reason="Broken", actor=TILL, part=part)

    ends = run_together(
        *[lambda: take_back(Part(amount=50))] * 4,
        *[lambda: take_back(Part(lines=[0]))] * 2,
        *([lambda: take_back(None)] if with_whole else []),
    )

    told = [one.data["reversal"]["discount"]["amount"] for one in Event.objects.filter(type__endswith="reversed")]
    assert len(told) == sum(end is None for end in ends)
    assert all(isinstance(end, PartTooLarge | RedemptionAlreadyReversed) for end in ends if end)
    is_back = Voucher.objects.get().state == "ready"
    assert (sum(told) == 120) == is_back == Reversal.objects.exists()
    assert sum(told) <= 120
    assert is_back or not with_whole

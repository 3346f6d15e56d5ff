"""One voucher, many tills: exactly one holds it, and nobody uses what another one holds."""

from uuid import UUID

import pytest

from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import private_id, public_id
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import ReservationOver, VoucherAlreadyRedeemed, VoucherReserved
from stampwell.vouchers.reserving import release_voucher, reserve_voucher
from stampwell.vouchers.revealing import reveal_code
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.races.test_redeeming_together import BY_CODE, voucher_of
from tests.serving import Product
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

TILL = Actor(source="api")


def hold(shop: Shop, voucher_id: UUID) -> UUID:
    done = reserve_voucher(shop.merchant, voucher_id, seconds=300, actor=TILL)
    reservation = private_id("rsv", done.facts.reservation.id)
    assert reservation is not None
    return reservation


def test_of_twenty_tills_one_holds_it(product: Product) -> None:
    shop = open_lume()
    path = f"/vouchers/{public_id('vch', voucher_of(shop))}"

    answers = call_all(product.url, shop.api_key(), [Call(f"{path}/reservation", {}) for _till in range(20)])
    (first,) = [answer.json()["reservation"]["id"] for answer in answers if answer.status_code == 201]
    used = call_all(
        product.url,
        shop.api_key(),
        [Call(f"{path}/redemption", {"reservation": one} if one else {}) for one in [first] * 5 + [""] * 15],
    )

    assert count_statuses(answers) == {201: 1, 409: 19}
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"voucher_reserved"}
    assert count_statuses(used) == {201: 1, 409: 19}
    assert used.index(next(answer for answer in used if answer.status_code == 201)) < 5
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize("round_of_play", range(3))
def test_reserved_and_redeemed_at_once_it_is_one_of_both(round_of_play: int) -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop, **BY_CODE)

    ends = run_together(
        *[lambda: hold(shop, voucher_id)] * 6,
        *[lambda: hand_over(shop.merchant, voucher_id, actor=TILL)] * 6,
        *[lambda: reveal_code(shop.merchant, voucher_id)],
        lambda: let_vouchers_age(shop.merchant.id),
    )

    assert sum(end is None for end in ends[:-1]) == 1
    assert all(isinstance(end, VoucherReserved | VoucherAlreadyRedeemed) for end in ends[:-1] if end)
    assert (
        Redemption.objects.count() + Event.objects.filter(type__in=["voucher.reserved", "voucher.revealed"]).count()
        == 1
    )


def test_released_and_redeemed_at_once_it_is_one_of_both() -> None:
    shop = open_lume()
    voucher_id = voucher_of(shop)
    reservation = hold(shop, voucher_id)

    ends = run_together(
        *[lambda: redeem_voucher(shop.merchant, voucher_id, actor=TILL, reservation=reservation)] * 4,
        lambda: release_voucher(shop.merchant, voucher_id, reservation, actor=TILL),
    )

    state = Voucher.objects.get().state
    assert sum(end is None for end in ends) == 1
    assert all(isinstance(end, ReservationOver | VoucherAlreadyRedeemed) for end in ends if end)
    assert (ends[-1] is None, Redemption.objects.count()) == ((True, 0) if state == "ready" else (False, 1))

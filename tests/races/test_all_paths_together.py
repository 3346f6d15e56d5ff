"""The same vouchers by every path at once, through several processes: one wins, and everybody is told the truth."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import httpx
import pytest

from stampwell.cards.giving import give_voucher
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.ids import private_id, public_id
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.refusal import Refusal
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, Reversal, Voucher
from stampwell.vouchers.revealing import reveal_code
from tests.races.callers import Call, call_all, run_together
from tests.redeem_codes.working import lay_in, pool_of
from tests.serving import Product
from tests.world import Offer, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

EACH = 4  # vouchers of a kind
CALLS = ("redemption", "redemption", "reservation")
SAID = {"redeemed": "voucher_already_redeemed", "reserved": "voucher_reserved"}


def vouchers_of(offer: Offer) -> list[UUID]:
    shop, reward, card = offer.shop, offer.terms.milestones[0].reward, offer.card()
    return [give_voucher(shop.merchant, card.id, reward.id, actor=shop.actor).voucher.id for _one in range(EACH)]


def offer_of(shop: Shop, **reward: object) -> Offer:
    return shop.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", "valid_days": 1, **reward}}])


def together(
    product: Product, shop: Shop, calls: list[Call], steps: list[Callable[[], object]]
) -> tuple[list[httpx.Response], list[BaseException | None]]:
    with ThreadPoolExecutor(1) as programs:
        asked = programs.submit(call_all, product.url, shop.api_key(), calls)
        ends = run_together(*steps)
        return asked.result(), ends


def told_by(answers: list[httpx.Response], ends: list[BaseException | None]) -> list[str | None]:
    """The refusal that each was told, None who got what they wanted."""
    assert all(end is None or isinstance(end, Refusal) for end in ends), ends
    assert {answer.status_code for answer in answers} <= {201, 409}
    said = [None if answer.status_code == 201 else str(answer.json()["code"]) for answer in answers]
    return said + [end.code if isinstance(end, Refusal) else None for end in ends]


def test_of_all_paths_at_once_one_wins_and_all_others_are_told_what_it_did(product: Product) -> None:
    shop = open_lume()
    merchant, pool = shop.merchant, pool_of(shop)
    batches = [lay_in(shop, pool, [f"CODE{batch}{number}" for number in range(EACH)]) for batch in range(2)]
    code = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    alone, by_code = (
        vouchers_of(offer_of(shop, path="self_redeem")),
        vouchers_of(offer_of(shop, path="redeem_code", redeem_code=code)),
    )
    ways: dict[UUID, Callable[[UUID], object]] = {
        **dict.fromkeys(alone, lambda one: hand_over(merchant, one, path="self_redeem", actor=CUSTOMER)),
        **dict.fromkeys(by_code, lambda one: reveal_code(merchant, one)),
    }
    staff = Actor(source="scanner")

    calls = [Call(f"/vouchers/{public_id('vch', one)}/{call}", {}) for one in ways for call in CALLS]
    by_customers = [partial(way, one) for one, way in ways.items()]
    by_staff = [partial(hand_over, merchant, one, path="staff_scan", actor=staff) for one in ways]
    beside: list[Callable[[], object]] = [
        partial(let_vouchers_age, merchant.id),
        partial(revoke_batch, merchant, pool.id, batches[0], actor=shop.actor),
    ]
    answers, ends = together(product, shop, calls, [*by_customers, *by_staff, *beside])

    assert ends[-len(beside) :] == [None] * len(beside)
    for place, one in enumerate(ways):
        of_programs = answers[place * len(CALLS) : (place + 1) * len(CALLS)]
        told = told_by(of_programs, [ends[place], ends[len(ways) + place]])
        row = Voucher.objects.get(id=one)
        state = "reserved" if row.reservation_id or row.state == "reserved" else row.state
        assert told.count(None) == 1, f"one wins: {told}"
        assert set(told) == {None, SAID[state]}, f"it is {state}"
        assert Redemption.objects.filter(voucher_id=one).count() == (state == "redeemed")
    held = PoolCode.objects.filter(voucher_id__isnull=False, revoked__isnull=True).values_list("voucher_id", flat=True)
    assert set(held) == set(Voucher.objects.filter(id__in=by_code, revealed__isnull=False).values_list("id", flat=True))


def test_restored_while_it_is_used_and_held_each_success_is_one_row(product: Product) -> None:
    shop = open_lume()
    merchant = shop.merchant
    vouchers = vouchers_of(offer_of(shop, path="self_redeem"))
    first = {one: hand_over(merchant, one, actor=CUSTOMER).facts.redemption.id for one in vouchers}

    calls = [
        call
        for one in vouchers
        for call in (
            *[Call(f"/redemptions/{first[one]}/reversal", {"reason": "Wrong table"}) for _till in range(2)],
            *[Call(f"/vouchers/{public_id('vch', one)}/{call}", {}) for call in CALLS],
        )
    ]
    steps = [partial(hand_over, merchant, one, path="self_redeem", actor=CUSTOMER) for one in vouchers]
    answers, ends = together(product, shop, calls, [*steps, partial(let_vouchers_age, merchant.id)])

    for place, one in enumerate(vouchers):
        redemption_id = private_id("rdm", first[one])
        assert redemption_id
        told = told_by(answers[place * 5 : place * 5 + 5], [ends[place]])
        restored, used_or_held = told[:2].count(None), told[2:].count(None)
        row = Voucher.objects.get(id=one)
        assert restored == Reversal.objects.filter(redemption_id=redemption_id).count() == 1
        assert used_or_held <= 1
        assert Redemption.objects.filter(voucher_id=one).count() == 1 + (row.state == "redeemed")
        assert used_or_held == (row.state == "redeemed" or row.reservation_id is not None)
        assert set(told[:2]) == {None, "redemption_already_reversed"}
        assert set(told[2:]) <= {None, "voucher_already_redeemed", "voucher_reserved"}

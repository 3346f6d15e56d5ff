"""Codes that the till takes once each: which voucher gets which, and when."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from stampwell.cards.giving import give_voucher
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import Location
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.pools import archive_pool
from stampwell.redeem_codes.refusals import PoolArchived
from stampwell.redeem_codes.rows import PoolRow
from stampwell.refusal import NotFound
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from tests.cards.test_stamping import stamp
from tests.moments import COUNTDOWN, START
from tests.redeem_codes.working import CODES, lay_in, pool_of
from tests.world import Offer, Shop

USED = START + COUNTDOWN


def tea_from(pool: PoolRow, **reward: Any) -> dict[str, Any]:
    code = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    return {"name": "Tea", "path": "redeem_code", "redeem_code": code, **reward}


def offer_from(shop: Shop, pool: PoolRow, **reward: Any) -> Offer:
    return shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea_from(pool, **reward)}])


def voucher_of(offer: Offer) -> UUID:
    """Another one, for another card."""
    reward = offer.terms.milestones[0].reward
    return give_voucher(offer.shop.merchant, offer.card().id, reward.id, actor=offer.shop.actor).voucher.id


def show(shop: Shop, voucher_id: UUID) -> str:
    return reveal_code(shop.merchant, voucher_id).code


def owners_of(pool: PoolRow) -> dict[str, UUID | None]:
    return dict(PoolCode.objects.filter(pool_id=pool.id).values_list("code", "voucher_id"))


def age(shop: Shop) -> None:
    while let_vouchers_age(shop.merchant.id):
        pass


def give_back(shop: Shop, voucher_id: UUID) -> None:
    """After the countdown of a voucher whose code was shown."""
    with stopped_at(USED):
        age(shop)
        redemption = Redemption.objects.get(voucher_id=voucher_id)
        reverse_redemption(shop.merchant, redemption.id, reason="", actor=shop.actor)


def test_a_voucher_shows_a_code_of_its_own_in_the_order_of_the_file(lume: Shop) -> None:
    pool = pool_of(lume, code_format="qr", barcode_template="https://till.example/{code}")
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)

    shown, other = reveal_code(lume.merchant, first), reveal_code(lume.merchant, second)

    assert (shown.code, other.code) == CODES[:2]
    assert (shown.format, shown.barcode) == ("qr", f"https://till.example/{CODES[0]}")
    assert owners_of(pool) == {CODES[0]: first, CODES[1]: second, CODES[2]: None}


def test_the_code_stays_the_same_while_it_is_shown(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))

    assert [show(lume, voucher_id) for _ in range(3)] == [CODES[0]] * 3

    assert Event.objects.filter(type="code.handed_out").count() == 1


def test_a_hand_out_is_told_without_the_code(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)

    event = Event.objects.get(type="code.handed_out")

    row = PoolCode.objects.get(voucher_id=voucher_id)
    told = {
        "id": public_id("cde", row.id),
        "pool_id": public_id("cdp", pool.id),
        "location_id": None,
        "is_fallback": False,
    }
    assert (event.data["pool_code"], event.voucher_id, event.source) == (told, voucher_id, "card")
    assert CODES[0] not in str([one.data for one in Event.objects.all()])


def test_where_no_code_is_left_the_voucher_stays_as_it_is(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, CODES[:1])
    offer = offer_from(lume, pool)
    show(lume, voucher_of(offer))
    late = voucher_of(offer)

    with pytest.raises(NoCodeLeft):
        show(lume, late)
    lay_in(lume, pool, CODES[1:])

    assert show(lume, late) == CODES[1]


def test_codes_of_the_only_location_come_first_and_those_of_others_never(lume: Shop) -> None:
    here, there = lume.location, Location.objects.create(merchant=lume.merchant, name="Mill")
    pool = pool_of(lume)
    lay_in(lume, pool, ["ANYWHERE"])
    lay_in(lume, pool, ["THERE"], location_id=there.id)
    lay_in(lume, pool, ["HERE"], location_id=here.id)
    bound = offer_from(lume, pool, location_ids=[public_id("loc", here.id)])
    free = offer_from(lume, pool)

    assert show(lume, voucher_of(bound)) == "HERE"
    assert show(lume, voucher_of(free)) == "ANYWHERE", "nobody knows where this one will be used"
    with pytest.raises(NoCodeLeft):
        show(lume, voucher_of(bound))


def test_a_code_that_comes_with_the_voucher_is_shown_later(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    earned = offer.card()
    stamp(earned)
    voucher_id = earned.open_vouchers[0].id

    assert owners_of(pool)[CODES[0]] == voucher_id
    assert show(lume, voucher_id) == CODES[0]
    assert Event.objects.filter(type="code.handed_out").count() == 1


def test_a_code_that_nobody_saw_goes_to_the_next_voucher(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    offer = offer_from(lume, pool, valid_days=1)
    expiring, scanned, undone = voucher_of(offer), voucher_of(offer), offer.card()
    stamped = stamp(undone)
    assert None not in owners_of(pool).values()

    undo_stamp(lume.merchant, stamped.stamp.id, reason="", actor=lume.actor)
    redeem_voucher(lume.merchant, scanned, path="staff_scan", actor=lume.actor)
    assert owners_of(pool) == {CODES[0]: expiring, CODES[1]: None, CODES[2]: None}
    with stopped_at(START + timedelta(days=3)):
        age(lume)

    assert set(owners_of(pool).values()) == {None}
    assert show(lume, voucher_of(offer)) == CODES[0]
    assert PoolCode.objects.get(code=CODES[0]).returned == 1


def test_a_code_that_was_shown_goes_to_nobody_else(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool, valid_days=1))
    show(lume, voucher_id)
    give_back(lume, voucher_id)

    with stopped_at(START + timedelta(days=3)):
        age(lume)

    assert owners_of(pool)[CODES[0]] == voucher_id


def test_a_voucher_that_is_restored_shows_the_code_that_it_has(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))
    show(lume, voucher_id)
    give_back(lume, voucher_id)

    with stopped_at(USED):
        assert show(lume, voucher_id) == CODES[0]


@pytest.mark.parametrize("is_over", ["told by the till", "withdrawn"])
def test_a_voucher_that_is_restored_gets_another_code_where_its_own_is_no_good(lume: Shop, is_over: str) -> None:
    pool = pool_of(lume)
    for code in CODES[:2]:
        lay_in(lume, pool, [code])
    voucher_id = voucher_of(offer_from(lume, pool))
    first = show(lume, voucher_id)
    give_back(lume, voucher_id)
    if is_over == "withdrawn":
        CodeBatch.objects.filter(id=PoolCode.objects.get(code=first).batch_id).update(revoked=USED)
    else:
        PoolCode.objects.filter(code=first).update(confirmed=USED)

    with stopped_at(USED):
        assert {first, show(lume, voucher_id)} == set(CODES[:2])

    old = PoolCode.objects.get(code=first)
    assert (old.voucher_id, old.revoked) == (voucher_id, USED), "it stays known whose it was"


def test_codes_of_a_withdrawn_file_are_handed_out_no_more(lume: Shop) -> None:
    pool = pool_of(lume)
    CodeBatch.objects.filter(id=lay_in(lume, pool, CODES[:2])).update(revoked=START)
    lay_in(lume, pool, CODES[2:])

    assert show(lume, voucher_of(offer_from(lume, pool))) == CODES[2]


def test_a_reward_has_its_codes_from_an_open_pool_of_its_shop(lume: Shop, rossi: Shop) -> None:
    old = pool_of(lume)
    archive_pool(lume.merchant, old.id, actor=lume.actor)

    with pytest.raises(NotFound):
        offer_from(lume, pool_of(rossi))
    with pytest.raises(PoolArchived):
        offer_from(lume, old)


def test_vouchers_still_get_the_codes_of_an_archived_pool(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    archive_pool(lume.merchant, pool.id, actor=lume.actor)

    assert show(lume, voucher_of(offer)) == CODES[0]


def test_a_program_keeps_its_archived_pool_when_it_is_published_again(lume: Shop) -> None:
    pool = pool_of(lume)
    program = offer_from(lume, pool).program
    archive_pool(lume.merchant, pool.id, actor=lume.actor)

    again = lume.publish(program, name="Tea, renamed", goal=1, milestones=[{"stamps": 1, "reward": tea_from(pool)}])

    assert again.terms.milestones[0].reward.pool_id == pool.id
    with pytest.raises(PoolArchived):
        offer_from(lume, pool)


def test_where_no_code_is_left_the_one_for_that_is_shown_and_marked(lume: Shop) -> None:
    pool = pool_of(lume, fallback_code="PLANB")
    lay_in(lume, pool, CODES[:1])
    offer = offer_from(lume, pool)
    show(lume, voucher_of(offer))
    late = voucher_of(offer)

    first = show(lume, late)
    lay_in(lume, pool, CODES[1:])
    again = show(lume, late)

    assert (first, again) == ("PLANB", "PLANB"), "while it is shown it stays the same"
    told = Event.objects.get(type="code.handed_out", voucher_id=late).data["pool_code"]
    assert (told["id"], told["is_fallback"]) == (None, True)
    assert PoolCode.objects.filter(voucher_id=late).count() == 0

"""Holding a voucher for one purchase at a till."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.clock import stopped_at
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.models import Event
from stampwell.ids import private_id, public_id
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import (
    ReservationOver,
    VoucherAlreadyRedeemed,
    VoucherExpired,
    VoucherHeld,
    VoucherNotReady,
    VoucherReserved,
    VoucherVoid,
    WrongLocation,
    WrongTime,
)
from stampwell.vouchers.reserving import release_voucher, reserve_voucher
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.vouchers.rows import VoucherRow, read_voucher, state_at
from stampwell.wallet.voucher_content import fill_voucher_pass
from tests.cards.test_stamping import stamp
from tests.moments import START
from tests.vouchers.test_redeeming import BY_CODE, voucher_for
from tests.world import Shop

TILL = Actor(source="api")
MINUTE = timedelta(minutes=1)


def held(shop: Shop, voucher_id: UUID, *, minutes: int = 5) -> UUID:
    """The id of a new reservation."""
    done = reserve_voucher(shop.merchant, voucher_id, seconds=60 * minutes, actor=TILL)
    reservation = private_id("rsv", done.facts.reservation.id)
    assert reservation is not None
    return reservation


def redeem(shop: Shop, voucher_id: UUID, reservation: UUID | None = None) -> str:
    """The state after it."""
    return redeem_voucher(shop.merchant, voucher_id, actor=TILL, reservation=reservation).voucher.state


def row_of(shop: Shop, voucher_id: UUID) -> VoucherRow:
    with merchant_transaction(shop.merchant.id) as tx:
        return read_voucher(tx, voucher_id)


def told_of(voucher_id: UUID) -> list[str]:
    told = Event.objects.filter(voucher_id=voucher_id, type__startswith="voucher.").order_by("at", "id")
    return [event.type for event in told]


def test_what_a_till_holds_nobody_else_uses(lume: Shop) -> None:
    voucher_id = voucher_for(lume, path="self_redeem")

    with stopped_at(START):
        reservation = held(lume, voucher_id)
        for reserve_or_use in (
            lambda: reserve_voucher(lume.merchant, voucher_id, seconds=60, actor=TILL),
            lambda: redeem(lume, voucher_id),
            lambda: redeem(lume, voucher_id, UUID(int=7)),
            lambda: redeem_voucher(lume.merchant, voucher_id, path="self_redeem", actor=CUSTOMER),
            lambda: redeem_voucher(lume.merchant, voucher_id, path="staff_scan", actor=lume.actor),
        ):
            with pytest.raises(VoucherHeld) as refused:
                reserve_or_use()
            assert refused.value.facts == {"until": START + 5 * MINUTE}

        assert redeem(lume, voucher_id, reservation) == "redeemed"
        with pytest.raises(VoucherAlreadyRedeemed):
            redeem(lume, voucher_id, reservation)


def test_a_voucher_that_a_till_holds_is_not_revealed(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)

    with stopped_at(START):
        held(lume, voucher_id)
        with pytest.raises(VoucherHeld):
            reveal_code(lume.merchant, voucher_id)
    with stopped_at(START + 6 * MINUTE):
        reveal_code(lume.merchant, voucher_id)
        with pytest.raises(VoucherReserved):
            held(lume, voucher_id)


def test_a_reservation_ends_by_itself(lume: Shop) -> None:
    voucher_id = voucher_for(lume)

    with stopped_at(START):
        reserved = reserve_voucher(lume.merchant, voucher_id, seconds=300, actor=TILL)
    row = row_of(lume, voucher_id)

    assert (reserved.facts.voucher.state, reserved.facts.voucher.reserved_until) == ("reserved", START + 5 * MINUTE)
    assert state_at(row, START + 5 * MINUTE - timedelta(microseconds=1)) == "reserved"
    assert state_at(row, START + 5 * MINUTE) == "ready"
    with stopped_at(START + 5 * MINUTE):
        again = reserve_voucher(lume.merchant, voucher_id, seconds=60, actor=TILL)
    assert again.facts.reservation.ends_at == START + 6 * MINUTE
    assert told_of(voucher_id) == ["voucher.issued", "voucher.ready", "voucher.reserved", "voucher.reserved"]


def test_a_till_that_took_too_long_still_redeems_unless_another_one_holds_it(lume: Shop) -> None:
    slow, overtaken = voucher_for(lume), voucher_for(lume)
    with stopped_at(START):
        reservation, lost = held(lume, slow), held(lume, overtaken)

    with stopped_at(START + 6 * MINUTE):
        second = held(lume, overtaken)
        with pytest.raises(VoucherHeld):
            redeem(lume, overtaken, lost)
        assert redeem(lume, overtaken, second) == "redeemed"
        assert redeem(lume, slow, reservation) == "redeemed"


def test_a_released_voucher_is_free_again_and_that_reservation_redeems_nothing(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(START):
        reservation = held(lume, voucher_id)
        states = [
            release_voucher(lume.merchant, voucher_id, one, actor=TILL).facts.voucher.state
            for one in (UUID(int=7), reservation, reservation)
        ]

        assert states == ["reserved", "ready", "ready"]
        assert told_of(voucher_id).count("voucher.released") == 1
        with pytest.raises(ReservationOver):
            redeem(lume, voucher_id, reservation)
        assert redeem(lume, voucher_id) == "redeemed"
        with pytest.raises(VoucherAlreadyRedeemed):
            release_voucher(lume.merchant, voucher_id, reservation, actor=TILL)


def test_a_release_that_comes_too_late_is_not_told(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(START):
        reservation = held(lume, voucher_id)

    with stopped_at(START + 5 * MINUTE):
        release_voucher(lume.merchant, voucher_id, reservation, actor=TILL)

        assert "voucher.released" not in told_of(voucher_id)
        with pytest.raises(ReservationOver):
            redeem(lume, voucher_id, reservation)


def test_a_reservation_is_over_with_the_redemption_also_where_that_is_taken_back(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    with stopped_at(START):
        reservation = held(lume, voucher_id)
        used = redeem_voucher(lume.merchant, voucher_id, actor=TILL, reservation=reservation)
        reverse_redemption(lume.merchant, used.redemption.id, reason="", actor=lume.actor)

        with pytest.raises(ReservationOver):
            redeem(lume, voucher_id, reservation)
        assert redeem(lume, voucher_id) == "redeemed"


def test_a_voucher_that_ends_while_it_is_held_is_used_by_its_till(lume: Shop) -> None:
    end = START + timedelta(days=5)
    used, kept = (voucher_for(lume, valid_until=end.isoformat()) for _one in range(2))
    with stopped_at(end - MINUTE):
        reservation, lapsed = held(lume, used), held(lume, kept)

    with stopped_at(end + MINUTE):
        let_vouchers_age(lume.merchant.id)
        assert redeem(lume, used, reservation) == "redeemed"
    with stopped_at(end + 5 * MINUTE):
        let_vouchers_age(lume.merchant.id)
        with pytest.raises(VoucherExpired):
            redeem(lume, kept, lapsed)

    assert Voucher.objects.get(id=kept).state == "expired"
    assert told_of(kept) == ["voucher.issued", "voucher.ready", "voucher.reserved", "voucher.expired"]


def test_a_voucher_that_cannot_be_used_is_not_held(lume: Shop) -> None:
    later = voucher_for(lume, active_after_seconds=3600)
    elsewhere = voucher_for(lume, location_ids=[public_id("loc", lume.location.id)])

    with pytest.raises(VoucherNotReady):
        held(lume, later)
    with pytest.raises(WrongLocation):
        held(lume, elsewhere)


@pytest.mark.moment(datetime(2026, 11, 16, 10, 0, tzinfo=UTC))
def test_hours_that_end_while_it_is_held_do_not_matter(lume: Shop) -> None:
    used, lapsed = (voucher_for(lume, hours=[["17:00", "20:00"]]) for _one in range(2))
    eight = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # in Riga
    with stopped_at(eight - MINUTE):
        by_now, too_late = held(lume, used), held(lume, lapsed)

    with stopped_at(eight + MINUTE):
        assert redeem(lume, used, by_now) == "redeemed"
    with stopped_at(eight + 5 * MINUTE), pytest.raises(WrongTime):
        redeem(lume, lapsed, too_late)


def test_a_reservation_does_not_move_the_reward_to_another_location(lume: Shop) -> None:
    voucher_id = voucher_for(lume, location_ids=[public_id("loc", lume.location.id)])
    here = Actor(source="api", location_id=lume.location.id)
    done = reserve_voucher(lume.merchant, voucher_id, seconds=60, actor=here)

    with pytest.raises(WrongLocation):
        redeem(lume, voucher_id, private_id("rsv", done.facts.reservation.id))

    assert done.facts.reservation.location_id == public_id("loc", lume.location.id)


def test_a_pass_says_nothing_of_a_reservation(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    before = fill_voucher_pass(lume.merchant, voucher_id)

    held(lume, voucher_id)

    assert fill_voucher_pass(lume.merchant, voucher_id) == before
    assert before.state == "ready"


def test_erasing_withdraws_what_a_till_holds(lume: Shop) -> None:
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea"}}]).card()
    stamp(card)
    voucher_id = card.open_vouchers[0].id
    reservation = held(lume, voucher_id)

    erase_customer(lume.merchant, card.row.customer_id, actor=lume.actor)

    with pytest.raises(VoucherVoid):
        redeem(lume, voucher_id, reservation)


def test_a_rival_holds_and_releases_nothing(lume: Shop, rossi: Shop) -> None:
    voucher_id = voucher_for(lume)
    reservation = held(lume, voucher_id)

    with pytest.raises(NotFound):
        reserve_voucher(rossi.merchant, voucher_id, seconds=60, actor=rossi.actor)
    with pytest.raises(NotFound):
        release_voucher(rossi.merchant, voucher_id, reservation, actor=rossi.actor)

    assert Voucher.objects.get(id=voucher_id).reservation_id == reservation

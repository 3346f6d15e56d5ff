"""What an undo takes back, to the single voucher and the single day; and what it leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from stampwell.cards.models import Card
from stampwell.cards.refusals import (
    CardVoid,
    DailyCapReached,
    EarnedVoucherHeld,
    EarnedVoucherShown,
    StampAlreadyReversed,
    UndoTooLate,
    VoucherAlreadyUsed,
)
from stampwell.cards.undoing import SCANNER_UNDO, undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.actors import Actor
from stampwell.ids import private_id
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.reserving import release_voucher, reserve_voucher
from stampwell.vouchers.revealing import reveal_code
from tests.cards.test_stamping import NO_COOLDOWN, stamp
from tests.cards.test_undoing import undo
from tests.moments import START
from tests.world import Shop

CAPPED = {**NO_COOLDOWN, "daily_cap": 2}


def test_the_voucher_of_the_milestone_where_the_card_still_stands_is_kept(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamp(card, count=5)

    undo(card, stamp(card))

    assert (card.row.stamps, [voucher.state for voucher in card.open_vouchers]) == (5, ["ready"])


def test_a_stamp_that_was_undone_does_not_count_towards_the_cap(lume: Shop) -> None:
    card = lume.publish(earning=CAPPED).card()

    with stopped_at(START):
        stamp(card)
        undo(card, stamp(card))
        stamp(card)
        with pytest.raises(DailyCapReached):
            stamp(card)

    assert card.row.stamps == 2


def test_a_stamp_of_yesterday_that_is_undone_leaves_the_cap_of_today_alone(lume: Shop) -> None:
    card = lume.publish(earning=CAPPED).card()
    with stopped_at(START):
        yesterdays = stamp(card)

    with stopped_at(START + timedelta(days=1)):
        stamp(card, count=2)
        undo(card, yesterdays)
        with pytest.raises(DailyCapReached):
            stamp(card)


@pytest.mark.moment(datetime(2026, 11, 16, 22, 30, tzinfo=UTC))  # half past midnight in Riga
def test_the_day_of_an_undone_stamp_is_the_shops_not_that_of_utc(lume: Shop) -> None:
    card = lume.publish(earning=CAPPED).card()

    stamped = stamp(card, count=2)
    with stopped_at(now() + timedelta(hours=8)):
        undo(card, stamped)
        stamp(card, count=2)

    assert (card.row.stamps, card.row.stamps_that_day) == (2, 2)


def test_a_stamp_whose_code_is_being_shown_at_the_till_stays(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    with stopped_at(START):
        goal = stamp(card, count=10)
        coffee = next(voucher for voucher in card.open_vouchers if voucher.expires is None)
        reveal_code(lume.merchant, coffee.id)

        with pytest.raises(EarnedVoucherShown):
            undo(card, goal)

    assert Voucher.objects.get(merchant=lume.merchant, id=coffee.id).state == "reserved"
    assert card.row.round == 2


def test_a_stamp_whose_voucher_a_till_holds_stays_until_the_till_is_done(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamped = stamp(card, count=5)
    (biscuit,) = card.open_vouchers
    till = Actor(source="api")
    held = reserve_voucher(lume.merchant, biscuit.id, seconds=300, actor=till)
    reservation = private_id("rsv", held.facts.reservation.id)
    assert reservation

    with pytest.raises(EarnedVoucherHeld) as refused:
        undo(card, stamped)

    assert refused.value.facts == {"until": held.facts.reservation.ends_at}
    release_voucher(lume.merchant, biscuit.id, reservation, actor=till)
    undo(card, stamped)
    assert Voucher.objects.get(id=biscuit.id).state == "void"


def test_what_was_used_is_told_before_what_a_till_holds(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamped = stamp(card, count=10)
    for use, voucher in zip((False, True), card.open_vouchers, strict=True):
        if use:
            redeem_voucher(lume.merchant, voucher.id, actor=lume.actor)
        else:
            reserve_voucher(lume.merchant, voucher.id, seconds=300, actor=lume.actor)

    with pytest.raises(VoucherAlreadyUsed):
        undo(card, stamped)


def test_at_the_scanner_an_undo_is_possible_in_the_last_second_of_the_minute(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    with stopped_at(START):
        first, second = stamp(card), stamp(card)

    with stopped_at(START + SCANNER_UNDO):
        undo(card, first, within=SCANNER_UNDO)
    with stopped_at(START + SCANNER_UNDO + timedelta(microseconds=1)), pytest.raises(UndoTooLate):
        undo(card, second, within=SCANNER_UNDO)

    assert card.row.stamps == 1


def test_an_undo_itself_cannot_be_undone(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    undone = undo(card, stamp(card))

    with pytest.raises(StampAlreadyReversed):
        undo_stamp(lume.merchant, undone.stamp.id, reason="", actor=lume.actor)

    assert card.row.stamps == 0


def test_a_void_card_gets_no_stamp(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    Card.objects.filter(merchant=lume.merchant, id=card.id).update(state="void")

    with pytest.raises(CardVoid):
        stamp(card)

    assert card.row.stamps == 0

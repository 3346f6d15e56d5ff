from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import ReceiptAlreadyUsed, StampAlreadyReversed, UndoTooLate, VoucherAlreadyUsed
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import SCANNER_UNDO, Undone, undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor, Source
from stampwell.refusal import NotFound
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from tests.cards.test_stamping import BY_AMOUNT, NO_COOLDOWN, stamp
from tests.moments import START
from tests.world import HeldCard, Shop


def undo(card: HeldCard, stamped: Stamped, within: timedelta | None = None) -> Undone:
    return undo_stamp(card.shop.merchant, stamped.stamp.id, reason="Mistake", actor=card.shop.actor, within=within)


def test_an_undone_stamp_is_taken_away_by_another_row(lume: Shop) -> None:
    card = lume.publish().card()

    undone = undo(card, stamp(card))

    assert (undone.stamp.count, undone.card.stamps) == (-1, 0)


def test_a_stamp_is_undone_once(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamped = stamp(card)
    undo(card, stamped)

    with pytest.raises(StampAlreadyReversed):
        undo(card, stamped)

    assert card.row.stamps == 0


def test_undoing_recalls_the_voucher_that_the_stamp_unlocked(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamp(card, count=4)
    fifth = stamp(card)

    undone = undo(card, fifth)

    assert [voucher.state for voucher in undone.recalled] == ["void"]
    assert Voucher.objects.get(merchant=lume.merchant).state == "void"


def test_the_milestone_can_be_earned_again_after_the_undo(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    undo(card, stamp(card, count=5))

    again = stamp(card, count=5)

    assert len(again.issued) == 1
    assert [voucher.state for voucher in card.open_vouchers] == ["ready"]


def test_a_stamp_whose_voucher_was_used_stays(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamped = stamp(card, count=5)
    redeem_voucher(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)

    with pytest.raises(VoucherAlreadyUsed):
        undo(card, stamped)

    assert card.row.stamps == 5


def test_an_undo_goes_back_into_the_round_before(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    stamp(card, count=8)
    over_the_goal = stamp(card, count=3)

    undone = undo(card, over_the_goal)

    assert (undone.card.round, undone.card.stamps) == (1, 8)
    assert len(undone.recalled) == 1


def test_an_older_stamp_can_be_undone_after_newer_ones(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    old = stamp(card, count=2)
    stamp(card, count=9)

    undone = undo(card, old)

    assert (undone.card.round, undone.card.stamps) == (1, 9)


def test_undoing_an_amount_takes_its_money_back_too(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()
    first = stamp(card, amount=1200)
    stamp(card, amount=1200)

    undone = undo(card, first)

    assert undone.stamp.count == -1
    assert (card.row.stamps, card.row.remainder) == (0, 1200)


def test_the_right_card_may_be_stamped_at_once_after_an_undo(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        undo(card, stamp(card))
        stamp(card)

    assert card.row.stamps == 1


def test_an_undone_receipt_can_be_used_for_the_right_card(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    wrong, right = offer.card(), offer.card()
    undo(wrong, stamp(wrong, receipt_id="R-1"))

    stamp(right, receipt_id="R-1")

    assert (wrong.row.stamps, right.row.stamps) == (0, 1)


def test_what_a_till_takes_back_stays_taken_back(lume: Shop) -> None:
    """Sale, refund, and then the till repeats the message about the sale."""
    card, till = lume.publish(earning=NO_COOLDOWN).card(), Actor(source="api", location_id=lume.location.id)
    sale = add_stamp(lume.merchant, card.id, Purchase(receipt_id="R-1"), actor=till)
    undo_stamp(lume.merchant, sale.stamp.id, reason="Refund", actor=till)

    with pytest.raises(ReceiptAlreadyUsed):
        add_stamp(lume.merchant, card.id, Purchase(receipt_id="R-1"), actor=till)

    assert card.row.stamps == 0


@pytest.mark.parametrize("source", ["scanner", "owner"])
def test_staff_may_use_a_tills_receipt_for_the_right_card(lume: Shop, source: Source) -> None:
    offer, till = lume.publish(earning=NO_COOLDOWN), Actor(source="api", location_id=lume.location.id)
    wrong, right = offer.card(), offer.card()
    sale = add_stamp(lume.merchant, wrong.id, Purchase(receipt_id="R-1"), actor=till)
    undo_stamp(lume.merchant, sale.stamp.id, reason="Wrong card", actor=Actor(source=source))

    add_stamp(lume.merchant, right.id, Purchase(receipt_id="R-1"), actor=till)

    assert (wrong.row.stamps, right.row.stamps) == (0, 1)


def test_at_the_scanner_an_undo_is_possible_for_a_minute(lume: Shop) -> None:
    card = lume.publish().card()
    with stopped_at(START):
        stamped = stamp(card)

    with stopped_at(START + timedelta(seconds=61)), pytest.raises(UndoTooLate):
        undo(card, stamped, within=SCANNER_UNDO)

    assert card.row.stamps == 1


def test_a_rival_cannot_undo_the_stamp(lume: Shop, rossi: Shop) -> None:
    card = lume.publish().card()
    stamped = stamp(card)

    with pytest.raises(NotFound):
        undo_stamp(rossi.merchant, stamped.stamp.id, reason="", actor=rossi.actor)

    assert card.row.stamps == 1

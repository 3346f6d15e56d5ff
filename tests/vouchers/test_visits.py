"""A reward for the next visit: a stamp for a purchase on a later day of the shop makes its voucher ready."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.extending import extend_voucher
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.stamping_late import stamp_later
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor, Source
from stampwell.events.models import Event
from stampwell.merchants.local_time import end_of_day, local_day, start_of_day
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import VoucherAwaitsVisit
from tests.moments import START
from tests.world import HeldCard, Shop

ONE = Purchase()
EARNING = {"by": "visit", "cooldown_seconds": 0}


def card_of(shop: Shop, **reward: object) -> HeldCard:
    """One that has earned its tea at START."""
    tea = {"name": "Tea", "from_next_visit": True, **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}], earning=EARNING).card()
    with stopped_at(START):
        add_stamp(shop.merchant, card.id, ONE, actor=shop.actor)
    return card


def first_of(card: HeldCard) -> Voucher:
    return Voucher.objects.filter(card_id=card.id).order_by("issued")[0]


def next_day(shop: Shop, days: int = 1) -> datetime:
    return start_of_day(shop.merchant, local_day(shop.merchant, START) + timedelta(days=days))


def told_ready(voucher_id: UUID) -> int:
    return Event.objects.filter(voucher_id=voucher_id, type="voucher.ready").count()


def test_a_stamp_on_a_later_day_makes_it_ready_and_its_days_count_from_there(lume: Shop) -> None:
    card, later = card_of(lume, valid_days=7), next_day(lume, 3)

    with stopped_at(later):
        before = first_of(card)
        add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)
        after = first_of(card)
        add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)

        assert (before.state, before.awaits_visit, before.ready, before.expires) == (
            "pending",
            True,
            next_day(lume),
            None,
        )
        assert (after.state, after.awaits_visit, after.ready) == ("ready", False, later)
        assert after.expires == end_of_day(lume.merchant, local_day(lume.merchant, later) + timedelta(days=7))
        assert told_ready(after.id) == 1
        redeem_voucher(lume.merchant, after.id, actor=lume.actor)


def test_neither_a_stamp_of_the_same_day_nor_a_day_without_a_stamp_makes_it_ready(lume: Shop) -> None:
    card = card_of(lume)

    with stopped_at(next_day(lume) - timedelta.resolution):
        add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)
        with pytest.raises(VoucherAwaitsVisit):
            redeem_voucher(lume.merchant, first_of(card).id, actor=lume.actor)
    with stopped_at(next_day(lume, 9)):
        let_vouchers_age(lume.merchant.id)
        with pytest.raises(VoucherAwaitsVisit):
            redeem_voucher(lume.merchant, first_of(card).id, actor=lume.actor)

    assert first_of(card).state == "pending"


@pytest.mark.parametrize("source", ["import", "card"])
def test_a_stamp_that_is_for_no_purchase_at_the_counter_is_no_visit(lume: Shop, source: Source) -> None:
    card = card_of(lume)

    with stopped_at(next_day(lume)):
        add_stamp(lume.merchant, card.id, ONE, actor=Actor(source=source))

    assert first_of(card).state == "pending"


def test_a_stamp_that_is_told_later_counts_by_the_day_on_which_it_was_given(lume: Shop) -> None:
    card = card_of(lume)

    def told(happened: datetime) -> str:
        with merchant_transaction(lume.merchant.id) as tx:
            stamp_later(
                tx,
                lume.merchant,
                ask_to_lock_card(tx, card.id),
                ONE,
                actor=Actor(source="scanner", staff_member_id=lume.ada.id),
                happened=happened,
            )
        return first_of(card).state

    with stopped_at(next_day(lume, 2)):
        assert told(next_day(lume) - timedelta(seconds=1)) == "pending"
        assert told(next_day(lume)) == "ready"


def test_one_whose_last_day_passes_while_it_waits_expires(lume: Shop) -> None:
    card = card_of(lume, valid_until=next_day(lume, 5).isoformat())

    with stopped_at(next_day(lume, 5)):
        assert let_vouchers_age(lume.merchant.id) == 1
        add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)

    assert (first_of(card).state, told_ready(first_of(card).id)) == ("expired", 0)


def test_an_end_that_was_extended_while_it_waits_stays(lume: Shop) -> None:
    card, longer = card_of(lume, valid_until=next_day(lume, 5).isoformat()), next_day(lume, 20)
    with stopped_at(START):
        extend_voucher(lume.merchant, first_of(card).id, until=longer, reason="Ill", actor=lume.actor)

    with stopped_at(next_day(lume, 9)):
        add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)

    assert (first_of(card).state, first_of(card).expires) == ("ready", longer)


def test_the_visit_undone_leaves_it_ready_and_the_stamp_that_earned_it_takes_it_along(lume: Shop) -> None:
    card = card_of(lume)
    with stopped_at(next_day(lume)):
        visit = add_stamp(lume.merchant, card.id, ONE, actor=lume.actor)
        undo_stamp(lume.merchant, visit.stamp.id, reason="Twice", actor=lume.actor)
    assert first_of(card).state == "ready"

    other = card_of(lume)
    with stopped_at(START):
        earned = add_stamp(lume.merchant, other.id, ONE, actor=lume.actor)
        undo_stamp(lume.merchant, earned.stamp.id, reason="Wrong card", actor=lume.actor)
    assert Voucher.objects.get(id=earned.issued[0].id).state == "void"

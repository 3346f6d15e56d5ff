"""What one tap at the scanner, or one call of a program, may give at most."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import CoolingDown, TooManyStamps
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.languages.explaining import explain
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.models import Merchant
from tests.moments import START
from tests.world import HeldCard, Shop

SCANNER, PROGRAM = Actor(source="scanner"), Actor(source="api")
AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
AN_HOUR = {"by": "visit", "cooldown_seconds": 3600}


def stamp(card: HeldCard, actor: Actor = SCANNER, **purchase: object) -> Stamped:
    merchant = Merchant.objects.get(id=card.shop.merchant.id)
    return add_stamp(merchant, card.id, Purchase(**purchase), actor=actor)  # type: ignore[arg-type]


def allow(shop: Shop, *, at_once: int, with_override: int) -> None:
    change_staff_limits(
        shop.merchant, most_stamps_at_once=at_once, most_stamps_with_override=with_override, actor=shop.actor
    )


@pytest.mark.parametrize("actor", [SCANNER, PROGRAM], ids=["scanner", "program"])
def test_one_tap_gives_ten_stamps_at_most(lume: Shop, actor: Actor) -> None:
    card = lume.publish(earning=AT_ONCE).card()

    with pytest.raises(TooManyStamps) as refused:
        stamp(card, actor, count=11)
    assert refused.value.facts == {"most": 10}
    assert card.row.stamps == 0

    assert stamp(card, actor, count=10).stamp.count == 10


@pytest.mark.parametrize("actor", [SCANNER, PROGRAM], ids=["scanner", "program"])
def test_one_override_gives_five_stamps_at_most(lume: Shop, actor: Actor) -> None:
    card = lume.publish(earning=AN_HOUR).card()
    with stopped_at(START):
        stamp(card, actor)

    with stopped_at(START + timedelta(minutes=1)):
        with pytest.raises(TooManyStamps) as refused:
            stamp(card, actor, count=6, override=True)
        assert refused.value.facts == {"most": 5}
        assert stamp(card, actor, count=5, override=True).card.stamps == 6


def test_staff_are_told_what_to_do_about_it(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    with pytest.raises(TooManyStamps) as refused, stopped_at(START):
        stamp(card, count=6, override=True)

    with override("en"):
        said = explain(refused.value, ZoneInfo("UTC"))

    assert said.staff_message == "So soon after the last stamp, at most 5 stamps can be added at once."
    assert said.what_to_do == "Add fewer now. A manager can add the rest on the card’s page."
    assert refused.value.code == "too_many_stamps"


def test_the_owner_sets_the_limits(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE, goal=50, milestones=[FULL]).card()
    allow(lume, at_once=20, with_override=1)

    assert stamp(card, count=20).card.stamps == 20
    with pytest.raises(TooManyStamps):
        stamp(card, count=2, override=True)
    assert stamp(card, count=1, override=True).card.stamps == 21


def test_a_manager_at_the_desk_puts_right_what_is_beyond_the_limits(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE, goal=50, milestones=[FULL]).card()

    assert stamp(card, lume.actor, count=40, override=True).card.stamps == 40


def test_one_purchase_by_amount_may_fill_a_whole_card(lume: Shop) -> None:
    by_amount = {"by": "amount", "amount_per_stamp": 100, "cooldown_seconds": 0}
    small = lume.publish(earning=by_amount, goal=50, milestones=[FULL]).card()
    large = lume.publish(earning=by_amount, goal=5, milestones=[FULL | {"stamps": 5}]).card()

    assert stamp(small, amount=50_00).stamp.count == 50
    assert stamp(large, amount=10_00).stamp.count == 10
    for card, amount in ((small, 51_00), (large, 11_00)):
        with pytest.raises(TooManyStamps):
            stamp(card, amount=amount)


def test_undoing_an_overridden_stamp_does_not_end_the_pause(lume: Shop) -> None:
    card = lume.publish(earning=AN_HOUR).card()
    with stopped_at(START):
        stamp(card)
    with stopped_at(START + timedelta(minutes=1)):
        again = stamp(card, override=True)
        undo_stamp(lume.merchant, again.stamp.id, reason="One too many", actor=SCANNER)

    assert card.row.last_stamp == START
    with stopped_at(START + timedelta(minutes=2)), pytest.raises(CoolingDown):
        stamp(card)
    with stopped_at(START + timedelta(hours=1)):
        assert stamp(card).card.stamps == 2


def test_an_undone_stamp_is_not_the_last_one(lume: Shop) -> None:
    card = lume.publish(earning=AN_HOUR).card()
    with stopped_at(START):
        first = stamp(card)
    with stopped_at(START + timedelta(minutes=1)):
        second = stamp(card, override=True)
        undo_stamp(lume.merchant, first.stamp.id, reason="Wrong card", actor=SCANNER)
        undo_stamp(lume.merchant, second.stamp.id, reason="Wrong card", actor=SCANNER)

        assert card.row.last_stamp is None
        assert stamp(card).card.stamps == 1


FULL = {"stamps": 50, "reward": {"name": "A cake", "path": "staff_scan"}}

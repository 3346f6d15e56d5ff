from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.models import StampedReceipt
from stampwell.cards.refusals import (
    AmountNeeded,
    AmountNotUsed,
    BelowMinimumSpend,
    CoolingDown,
    DailyCapReached,
    DuplicateScan,
    OutsideHours,
    ReceiptAlreadyUsed,
    TooManyStamps,
)
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.clock import new_id, now, stopped_at
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.languages.formatting import Money
from stampwell.merchants.models import Location
from stampwell.refusal import NotFound
from tests.moments import NOON, START, end_of_day
from tests.world import HeldCard, Shop

KEY = UUID(int=7)
NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}
BY_AMOUNT = {"by": "amount", "amount_per_stamp": 2000, "currency": "EUR", "cooldown_seconds": 0}


def stamp(card: HeldCard, *, actor: Actor | None = None, **purchase: object) -> Stamped:
    return add_stamp(card.shop.merchant, card.id, Purchase(**purchase), actor=actor or card.shop.actor)  # type: ignore[arg-type]


def test_a_visit_adds_one_stamp(lume: Shop) -> None:
    card = lume.publish().card()

    stamped = stamp(card)

    assert (stamped.stamp.count, stamped.card.stamps, stamped.card.round) == (1, 1, 1)
    assert stamped.issued == []
    assert card.row.stamps == 1


def test_a_milestone_gives_its_voucher_in_the_same_step(lume: Shop) -> None:
    card = lume.publish().card()

    stamped = stamp(card, count=5)

    assert [voucher.reward.name for voucher in stamped.facts.vouchers_issued] == ["A biscuit"]
    assert [voucher.state for voucher in card.open_vouchers] == ["ready"]


def test_the_goal_starts_the_next_round_with_what_overflows(lume: Shop) -> None:
    card = lume.publish().card()

    stamped = stamp(card, count=12)

    assert (stamped.card.round, stamped.card.stamps) == (2, 2)
    assert len(stamped.issued) == 2


def test_stamps_may_fill_several_rounds_at_once(lume: Shop) -> None:
    card = lume.publish().card()

    stamped = stamp(card, count=37)

    assert (stamped.card.round, stamped.card.stamps) == (4, 7)
    assert len(stamped.issued) == 7


def test_a_voucher_lasts_as_long_as_the_reward_says(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        voucher = stamp(card, count=5).issued[0]

    assert (voucher.ready, voucher.expires) == (START, end_of_day(START, 30))


def test_a_reward_with_a_delay_is_pending_first(lume: Shop) -> None:
    later = {"stamps": 1, "reward": {"name": "Tea", "active_after_seconds": 3600}}
    card = lume.publish(goal=1, milestones=[later]).card()

    assert stamp(card).issued[0].state == "pending"


def test_a_card_that_was_just_stamped_cools_down(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        stamp(card)
    with stopped_at(START + timedelta(seconds=29)), pytest.raises(CoolingDown) as refused:
        stamp(card)

    assert refused.value.facts == {"seconds": 1}
    assert card.row.stamps == 1


def test_after_the_cooldown_the_next_stamp_counts(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        stamp(card)
    with stopped_at(START + timedelta(seconds=30)):
        stamp(card)

    assert card.row.stamps == 2


def test_staff_may_override_the_cooldown(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        stamp(card)
    with stopped_at(START + timedelta(seconds=5)):
        stamped = stamp(card, override=True)

    assert stamped.stamp.overrode
    assert card.row.stamps == 2


def test_nobody_may_override_the_duplicate_window(lume: Shop) -> None:
    card = lume.publish().card()

    with stopped_at(START):
        stamp(card)
    with stopped_at(START + timedelta(seconds=4)), pytest.raises(DuplicateScan):
        stamp(card, override=True)

    assert card.row.stamps == 1


@pytest.mark.moment(datetime(2026, 11, 16, 21, 59, tzinfo=UTC))  # a minute before midnight in Riga
def test_the_daily_cap_ends_at_midnight_of_the_shop(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "daily_cap": 2}).card()

    stamp(card, count=2)
    with pytest.raises(DailyCapReached):
        stamp(card)
    with stopped_at(now() + timedelta(minutes=1)):
        stamp(card)

    assert card.row.stamps == 3


def test_an_amount_earns_stamps_and_carries_the_rest_over(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    first, second = stamp(card, amount=3250), stamp(card, amount=750)

    assert (first.stamp.count, first.card.remainder) == (1, 1250)
    assert (second.stamp.count, second.card.remainder) == (1, 0)


def test_an_amount_too_small_for_a_stamp_is_kept_for_the_next(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    stamped = stamp(card, amount=1999)

    assert (stamped.stamp.count, card.row.remainder) == (0, 1999)


def test_a_program_by_amount_asks_for_the_amount(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    with pytest.raises(AmountNeeded):
        stamp(card)


def test_an_amount_in_another_currency_is_refused(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    with pytest.raises(AmountNotUsed):
        stamp(card, amount=5000, currency="JPY")


def test_an_absurd_amount_is_refused(lume: Shop) -> None:
    card = lume.publish(earning=BY_AMOUNT).card()

    with pytest.raises(TooManyStamps):
        stamp(card, amount=2000 * 101)


def test_a_purchase_below_the_minimum_says_what_is_missing(lume: Shop) -> None:
    card = lume.publish(earning={**NO_COOLDOWN, "minimum_spend": 500}).card()

    with pytest.raises(BelowMinimumSpend) as refused:
        stamp(card, amount=420)

    assert refused.value.facts["missing"] == Money(80, "EUR")


@pytest.mark.moment(NOON)
def test_no_stamps_while_the_location_is_closed(lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours={"1": [["08:00", "18:00"]]})
    card = lume.publish(earning={**NO_COOLDOWN, "only_when_open": True}).card()
    here = Actor(source="scanner", location_id=lume.location.id)

    with stopped_at(NOON):
        stamp(card, actor=here)
    with stopped_at(NOON + timedelta(hours=8)), pytest.raises(OutsideHours):
        stamp(card, actor=here)


@pytest.mark.moment(NOON)
def test_a_location_may_be_open_over_midnight(lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours={"1": [["18:00", "02:00"]]})
    card = lume.publish(earning={**NO_COOLDOWN, "only_when_open": True}).card()
    here = Actor(source="scanner", location_id=lume.location.id)

    with stopped_at(NOON + timedelta(hours=13)):  # one o'clock in the night from Monday to Tuesday
        stamp(card, actor=here)
    with stopped_at(NOON + timedelta(hours=14)), pytest.raises(OutsideHours):
        stamp(card, actor=here)


def test_a_receipt_earns_once_in_a_program(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    card, other = offer.card(), offer.card()

    stamp(card, receipt_id="R-1")
    with pytest.raises(ReceiptAlreadyUsed):
        stamp(other, receipt_id="R-1")

    assert other.row.stamps == 0


def test_two_branches_may_both_have_a_receipt_1001(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    harbour = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    here, there = (Actor(source="api", api_key_id=KEY, location_id=place.id) for place in (lume.location, harbour))

    assert stamp(offer.card(), actor=here, receipt_id="1001").card.stamps == 1
    assert stamp(offer.card(), actor=there, receipt_id="1001").card.stamps == 1
    for actor in (here, there):
        with pytest.raises(ReceiptAlreadyUsed):
            stamp(offer.card(), actor=actor, receipt_id="1001")


def test_a_receipt_without_a_place_counts_for_its_key_or_its_device(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    givers = [
        Actor(source="api", api_key_id=KEY),
        Actor(source="api", api_key_id=new_id()),
        Actor(source="scanner", station_id=new_id()),
        lume.actor,
    ]

    for actor in givers:
        stamp(offer.card(), actor=actor, receipt_id="1001")
        with pytest.raises(ReceiptAlreadyUsed):
            stamp(offer.card(), actor=actor, receipt_id="1001")


def test_at_one_location_another_key_or_device_has_the_same_receipts(lume: Shop) -> None:
    offer, place = lume.publish(earning=NO_COOLDOWN), lume.location.id
    stamp(offer.card(), actor=Actor(source="api", api_key_id=KEY, location_id=place), receipt_id="1001")

    for actor in (
        Actor(source="api", api_key_id=new_id(), location_id=place),
        Actor(source="scanner", station_id=new_id(), location_id=place),
    ):
        with pytest.raises(ReceiptAlreadyUsed):
            stamp(offer.card(), actor=actor, receipt_id="1001")


def test_old_receipts_belong_to_the_place_of_their_stamp(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    placed = Actor(source="api", api_key_id=KEY, location_id=lume.location.id)
    for number, actor in enumerate((placed, Actor(source="api", api_key_id=KEY), lume.actor)):
        stamp(offer.card(), actor=actor, receipt_id=f"R-{number}")
    given = list(StampedReceipt.objects.order_by("receipt_id").values_list("given_by", flat=True))
    StampedReceipt.objects.update(given_by=UUID(int=0))

    with connection.cursor() as cursor:
        import_module("stampwell.migrations.0020_receipts_by_place").fill_merchant(cursor, lume.merchant.id, batch=2)

    assert given == [lume.location.id, KEY, lume.merchant.id]
    assert list(StampedReceipt.objects.order_by("receipt_id").values_list("given_by", flat=True)) == given


def test_a_round_is_earned_under_the_terms_it_began_with(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)
    card = offer.card()
    stamp(card, count=8)
    short = {"goal": 3, "milestones": [{"stamps": 3, "reward": {"name": "Juice"}}]}
    lume.publish(offer.program, earning=NO_COOLDOWN, **short)

    stamped = stamp(card, count=3)

    assert [voucher.reward.name for voucher in stamped.facts.vouchers_issued] == [
        {"en": "A free coffee", "lv": "Kafija bez maksas"}
    ]
    assert (stamped.card.round, stamped.card.stamps, stamped.card.goal) == (2, 1, 3)


def test_a_rival_cannot_stamp_the_card(lume: Shop, rossi: Shop) -> None:
    card = lume.publish().card()

    with pytest.raises(NotFound):
        add_stamp(rossi.merchant, card.id, Purchase(), actor=rossi.actor)

    assert card.row.stamps == 0


def test_what_happened_is_told_in_the_order_of_cause_and_effect(lume: Shop) -> None:
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea"}}]).card()

    stamp(card)

    put_in_order(lume.merchant.id)
    told = Event.objects.filter(merchant=lume.merchant, card_id=card.id).order_by("sequence")
    assert [event.type for event in told] == [
        "card.issued",
        "stamp.added",
        "voucher.issued",
        "voucher.ready",
        "milestone.reached",
        "round.completed",
    ]

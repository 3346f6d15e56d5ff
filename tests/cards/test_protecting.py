"""Limits of a day beyond which a manager has to agree: docs/rules/protection.md."""

from datetime import timedelta
from typing import Any

import pytest

from stampwell.cards.day_counts import forget_old_day_counts
from stampwell.cards.earning import Purchase
from stampwell.cards.models import DayCount, Stamp
from stampwell.cards.protecting import (
    CardNeedsManager,
    DeviceNeedsManager,
    OverrideNeedsManager,
    PersonNeedsManager,
)
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.managers import NeedsManager
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.merchants.protection import Protection
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, code_of, show_code
from tests.world import HeldCard, Shop

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
Role = StaffMember.Role


def protect(shop: Shop, **limits: Any) -> None:
    change_staff_limits(
        shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(**limits),
        actor=shop.actor,
    )


def at(station: Station, member: StaffMember) -> Actor:
    return Actor(source="scanner", location_id=station.location_id, station_id=station.id, staff_member_id=member.id)


def stamp(card: HeldCard, actor: Actor, **purchase: Any) -> Stamped:
    merchant = Merchant.objects.get(id=card.shop.merchant.id)
    return add_stamp(merchant, card.id, Purchase(**purchase), actor=actor)


@pytest.fixture
def phone(lume: Shop) -> Station:
    return lume.scanner()[0]


@pytest.fixture
def bo(lume: Shop, phone: Station) -> Actor:
    return at(phone, lume.hire("Bo"))


def cards_of(shop: Shop, count: int) -> list[HeldCard]:
    offer = shop.publish(earning=AT_ONCE)
    return [offer.card() for _card in range(count)]


def test_no_limit_holds_before_an_owner_sets_one(lume: Shop, bo: Actor) -> None:
    card = cards_of(lume, 1)[0]

    for _time in range(3):
        stamp(card, bo, count=10)

    assert not DayCount.objects.exists()


def test_a_card_gets_so_many_stamps_a_day_without_a_manager(lume: Shop, bo: Actor) -> None:
    card = cards_of(lume, 1)[0]
    protect(lume, most_stamps_on_card_a_day=3)
    stamp(card, bo, count=2)

    with pytest.raises(CardNeedsManager) as refused:
        stamp(card, bo, count=2)

    assert (refused.value.code, refused.value.facts) == ("needs_manager", {"most": 3})
    assert card.row.stamps == 2
    assert stamp(card, bo).card.stamps == 3


def test_a_program_goes_by_the_limit_of_the_card_and_by_no_other(lume: Shop) -> None:
    till = Actor(source="api", location_id=lume.location.id)
    one, other = cards_of(lume, 2)
    protect(lume, most_stamps_on_card_a_day=3, most_stamps_by_person_a_day=1, most_stamps_by_device_a_day=1)

    stamp(one, till, count=3)
    stamp(other, till, count=3)

    with pytest.raises(CardNeedsManager):
        stamp(one, till)


def test_a_person_gives_so_many_stamps_a_day_wherever_they_work(lume: Shop, phone: Station, bo: Actor) -> None:
    one, other, third = cards_of(lume, 3)
    protect(lume, most_stamps_by_person_a_day=5)
    elsewhere = Actor(
        source="scanner",
        location_id=lume.location.id,
        station_id=lume.scanner("Second")[0].id,
        staff_member_id=bo.staff_member_id,
    )
    stamp(one, bo, count=3)
    stamp(other, elsewhere, count=2)

    with pytest.raises(PersonNeedsManager) as refused:
        stamp(third, bo)

    assert refused.value.facts == {"most": 5}
    assert third.row.stamps == 0
    assert stamp(third, at(phone, lume.hire("Di"))).card.stamps == 1


def test_a_device_gives_so_many_stamps_a_day_whoever_works_there(lume: Shop, phone: Station, bo: Actor) -> None:
    one, other = cards_of(lume, 2)
    protect(lume, most_stamps_by_device_a_day=4)
    stamp(one, bo, count=4)

    with pytest.raises(DeviceNeedsManager):
        stamp(other, at(phone, lume.hire("Di")))

    kiosk = Actor(source="kiosk", location_id=lume.location.id, station_id=lume.scanner("Kiosk")[0].id)
    assert stamp(other, kiosk).card.stamps == 1


def test_a_person_overrides_so_often_a_day(lume: Shop, bo: Actor) -> None:
    one, other = cards_of(lume, 2)
    protect(lume, most_overrides_by_person_a_day=2)
    stamp(one, bo, override=True)
    stamp(other, bo, override=True, count=4)

    with pytest.raises(OverrideNeedsManager) as refused:
        stamp(one, bo, override=True)

    assert refused.value.facts == {"most": 2}
    assert stamp(one, bo).card.stamps == 2  # a visit that overrides nothing


def test_a_new_day_begins_with_the_clock_of_the_place(lume: Shop, bo: Actor) -> None:
    one, other = cards_of(lume, 2)
    protect(lume, most_stamps_by_person_a_day=2, most_stamps_on_card_a_day=2)
    midnight = start_of_day(lume.merchant, local_day(lume.merchant, now()) + timedelta(days=1))
    with stopped_at(midnight - timedelta(seconds=1)):
        stamp(one, bo, count=2)
        with pytest.raises(NeedsManager):
            stamp(other, bo)

    with stopped_at(midnight):
        assert stamp(one, bo).card.stamps == 3
        assert stamp(other, bo).card.stamps == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_a_manager_who_works_there_is_asked_for_nothing(lume: Shop, phone: Station, role: StaffMember.Role) -> None:
    card = cards_of(lume, 1)[0]
    protect(
        lume,
        most_stamps_on_card_a_day=1,
        most_stamps_by_person_a_day=1,
        most_stamps_by_device_a_day=1,
        most_overrides_by_person_a_day=1,
    )

    for _time in range(3):
        stamp(card, at(phone, lume.hire("Eve", role)), count=2, override=True)

    assert card.row.stamps == 6
    assert all("agreed_by" not in event.data for event in Event.objects.filter(type="stamp.added"))


def test_a_manager_who_has_left_is_none(lume: Shop, phone: Station) -> None:
    card, eve = cards_of(lume, 1)[0], lume.hire("Eve", Role.MANAGER)
    protect(lume, most_stamps_on_card_a_day=1)
    StaffMember.objects.filter(id=eve.id).update(left=now())

    with pytest.raises(CardNeedsManager):
        stamp(card, at(phone, eve), count=2)


def test_a_cashier_at_the_desk_goes_by_the_limits_and_a_manager_does_not(lume: Shop) -> None:
    card = cards_of(lume, 1)[0]
    protect(lume, most_stamps_on_card_a_day=1)

    with pytest.raises(CardNeedsManager):
        stamp(card, Actor(source="owner", staff_member_id=lume.hire("Bo").id), count=2)
    assert stamp(card, lume.actor, count=2).card.stamps == 2


def test_with_a_managers_agreement_the_stamp_is_given_and_the_event_says_whose(lume: Shop, bo: Actor) -> None:
    card, eve = cards_of(lume, 1)[0], lume.hire("Eve", Role.MANAGER)
    protect(lume, most_stamps_by_person_a_day=2)
    stamp(card, bo, count=2, agreed_by=eve.id)  # it needed none

    stamp(card, bo, count=3, agreed_by=eve.id)

    within, beyond = Event.objects.filter(type="stamp.added").order_by("at", "id")
    assert "agreed_by" not in within.data
    assert beyond.data["agreed_by"] == public_id("stf", eve.id)
    assert beyond.staff_member_id == bo.staff_member_id
    with pytest.raises(PersonNeedsManager):
        stamp(card, bo)


def test_an_undone_stamp_was_not_given(lume: Shop, bo: Actor) -> None:
    one, other = cards_of(lume, 2)
    protect(lume, most_stamps_by_person_a_day=3, most_stamps_by_device_a_day=3, most_overrides_by_person_a_day=1)
    wrong = stamp(one, bo, count=3, override=True)

    undo_stamp(Merchant.objects.get(id=lume.merchant.id), wrong.stamp.id, reason="Wrong card", actor=bo)

    assert stamp(other, bo, count=3, override=True).card.stamps == 3
    with pytest.raises(PersonNeedsManager):
        stamp(one, bo)


def test_what_was_refused_is_not_counted(lume: Shop, bo: Actor) -> None:
    card = cards_of(lume, 1)[0]
    protect(lume, most_stamps_by_person_a_day=2, most_stamps_by_device_a_day=10)
    for _time in range(3):
        with pytest.raises(PersonNeedsManager):
            stamp(card, bo, count=3)

    assert stamp(card, bo, count=2).card.stamps == 2
    assert set(DayCount.objects.values_list("stamps", flat=True)) == {2}


def test_an_amount_too_small_for_a_stamp_needs_nobody(lume: Shop, bo: Actor) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 1000, "cooldown_seconds": 0}).card()
    protect(lume, most_stamps_on_card_a_day=1, most_stamps_by_person_a_day=1)
    stamp(card, bo, amount=1000)

    stamp(card, bo, amount=400)

    assert Stamp.objects.filter(count=0).count() == 1
    with pytest.raises(NeedsManager):
        stamp(card, bo, amount=600)


def test_a_rivals_limits_hold_nobody_back(lume: Shop, rossi: Shop, bo: Actor) -> None:
    protect(rossi, most_stamps_on_card_a_day=1, most_stamps_by_person_a_day=1)

    assert stamp(cards_of(lume, 1)[0], bo, count=5).card.stamps == 5


def test_what_was_counted_is_forgotten_after_two_weeks(lume: Shop, bo: Actor) -> None:
    protect(lume, most_stamps_by_person_a_day=9)
    stamp(cards_of(lume, 1)[0], bo)
    with stopped_at(now() + timedelta(days=13)):
        forget_old_day_counts()
        assert DayCount.objects.count() == 1

    with stopped_at(now() + timedelta(days=16)):
        forget_old_day_counts()

    assert not DayCount.objects.exists()


def test_a_code_that_staff_show_is_given_by_whoever_shows_it(lume: Shop, bo: Actor) -> None:
    offer = lume.publish(earning=AT_ONCE)
    protect(lume, most_stamps_by_person_a_day=3, most_stamps_by_device_a_day=3)
    shop, wanted = Merchant.objects.get(id=lume.merchant.id), Wanted(program_id=offer.program.id, count=3)
    shown = show_code(shop, wanted, actor=bo)

    with pytest.raises(PersonNeedsManager):
        show_code(shop, wanted, actor=bo)
    with pytest.raises(PersonNeedsManager):
        stamp(offer.card(), bo)

    card = offer.card()
    assert claim_code(shop, code_of(shown), card.id).card.stamps == 3
    assert set(DayCount.objects.values_list("stamps", flat=True)) == {3}


def test_a_card_goes_by_its_limit_also_with_codes_of_receipts(lume: Shop, bo: Actor) -> None:
    offer = lume.publish(earning=AT_ONCE)
    protect(lume, most_stamps_on_card_a_day=3)
    shop, wanted = Merchant.objects.get(id=lume.merchant.id), Wanted(program_id=offer.program.id, count=2)
    one, other = show_code(shop, wanted, actor=bo), show_code(shop, wanted, actor=bo)
    card = offer.card()
    claim_code(shop, code_of(one), card.id)

    with pytest.raises(CardNeedsManager):
        claim_code(shop, code_of(other), card.id)

    assert card.row.stamps == 2

"""What was told later than it happened is undone as it was counted: docs/rules/clocks.md."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.models import DayCount, Stamp
from stampwell.cards.refusals import DailyCapReached
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.stamping_late import stamp_later
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor, Source
from stampwell.merchants.changing import add_location, change_staff_limits
from stampwell.merchants.local_time import local_day
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Merchant
from stampwell.merchants.protection import Protection
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, codes_of, make_batch
from stampwell.transactions import merchant_transaction
from tests.moments import START
from tests.world import HeldCard, Shop

NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}
TWO_A_DAY = NO_COOLDOWN | {"daily_cap": 2}
NEXT_DAY = START + timedelta(days=1)

kept_by = pytest.mark.parametrize("source", ["scanner", "kiosk", "autopilot", "owner", "api"])


def kept(
    card: HeldCard, happened: datetime, *, actor: Actor, count: int | None = None, decided: bool = False
) -> Stamped:
    with merchant_transaction(card.shop.merchant.id) as tx:
        asked, purchase = ask_to_lock_card(tx, card.id), Purchase(count=count, override=decided)
        merchant = Merchant.objects.get(id=card.shop.merchant.id)
        return stamp_later(tx, merchant, asked, purchase, actor=actor, happened=happened, decided=decided)


def stamp(card: HeldCard, actor: Actor, count: int = 1) -> Stamped:
    merchant = Merchant.objects.get(id=card.shop.merchant.id)
    return add_stamp(merchant, card.id, Purchase(count=count), actor=actor)


def undo(card: HeldCard, stamped: Stamped) -> None:
    merchant = Merchant.objects.get(id=card.shop.merchant.id)
    undo_stamp(merchant, stamped.stamp.id, reason="Wrong card", actor=card.shop.actor)


def limit(shop: Shop) -> None:
    change_staff_limits(
        shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(most_stamps_by_person_a_day=9, most_stamps_by_device_a_day=9),
        actor=shop.actor,
    )


def given(shop: Shop, subject: UUID) -> list[int]:
    """On the day of START, and on the one after."""
    days = [local_day(shop.merchant, moment) for moment in (START, NEXT_DAY)]
    counts = dict(DayCount.objects.filter(subject_id=subject).values_list("day", "stamps"))
    return [counts.get(day, 0) for day in days]


@kept_by
def test_what_came_a_day_later_and_is_undone_leaves_the_cap_of_that_day_alone(lume: Shop, source: Source) -> None:
    card = lume.publish(earning=TWO_A_DAY).card()

    with stopped_at(NEXT_DAY):
        stamp(card, lume.actor, count=2)
        undo(card, kept(card, START, actor=Actor(source=source)))

        with pytest.raises(DailyCapReached):
            stamp(card, lume.actor)


@kept_by
def test_what_came_a_day_later_and_is_undone_makes_room_on_its_own_day(lume: Shop, source: Source) -> None:
    card = lume.publish(earning=TWO_A_DAY).card()

    with stopped_at(NEXT_DAY):
        undo(card, kept(card, START, actor=Actor(source=source), count=2))

    assert (card.row.stamped_day, card.row.stamps_that_day) == (local_day(lume.merchant, START), 0)


@kept_by
def test_what_a_device_gave_is_taken_off_the_day_on_which_it_was_scanned(lume: Shop, source: Source) -> None:
    limit(lume)
    card, station = lume.publish(earning=NO_COOLDOWN).card(), lume.scanner()[0]
    actor = Actor(source=source, location_id=lume.location.id, station_id=station.id)

    with stopped_at(NEXT_DAY):
        stamp(card, actor, count=2)
        late = kept(card, START, actor=actor, count=3)
        assert given(lume, station.id) == [3, 2]
        undo(card, late)

    assert given(lume, station.id) == [0, 2]


@kept_by
def test_after_an_undo_the_pause_goes_by_when_the_stamp_before_happened(lume: Shop, source: Source) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    online, arrival = START + timedelta(hours=1), START + timedelta(hours=3)
    with stopped_at(online):
        stamp(card, lume.actor)

    with stopped_at(arrival):
        kept(card, START, actor=Actor(source=source))
        with stopped_at(arrival + timedelta(minutes=1)):
            undo(card, stamp(card, lume.actor))

    assert card.row.last_stamp == online


def test_what_a_program_told_is_of_the_day_on_which_it_told_it(lume: Shop) -> None:
    card, till = lume.publish(earning=TWO_A_DAY).card(), Actor(source="api")
    with stopped_at(NEXT_DAY):
        stamp(card, till)
        told = add_stamp(lume.merchant, card.id, Purchase(), actor=till, occurred=START)
        with pytest.raises(DailyCapReached):
            stamp(card, till)

        undo(card, told)

        assert stamp(card, till).card.stamps == 2


def test_what_a_program_handed_in_together_is_taken_off_the_day_on_which_it_was_scanned(lume: Shop) -> None:
    card, till = lume.publish(earning=TWO_A_DAY).card(), Actor(source="api")
    with stopped_at(NEXT_DAY):
        stamp(card, till, count=2)
        undo(card, kept(card, START, actor=till))

    assert (card.row.stamped_day, card.row.stamps_that_day) == (local_day(lume.merchant, NEXT_DAY), 2)


def test_what_an_earlier_release_took_together_is_taken_off_the_day_on_which_it_came(lume: Shop) -> None:
    card, till = lume.publish(earning=TWO_A_DAY).card(), Actor(source="api")
    with stopped_at(NEXT_DAY):
        stamp(card, till, count=2)
        handed_in = kept(card, START, actor=till)
        Stamp.objects.filter(id=handed_in.stamp.id).update(counted=None)
        undo(card, handed_in)

    assert card.row.stamps_that_day == 1


@pytest.mark.moment(datetime(2026, 12, 1, 12, tzinfo=UTC))
def test_with_clocks_of_several_places_it_is_of_the_day_of_its_place_as_well(lume: Shop) -> None:
    soho = add_location(lume.merchant, LocationDraft(name="Soho", time_zone="Europe/London"), actor=lume.actor)
    card, midnight = lume.publish(earning=TWO_A_DAY).card(), datetime(2026, 12, 2, tzinfo=UTC)  # in London
    there = Actor(source="kiosk", location_id=soho.id)

    with stopped_at(midnight + timedelta(hours=9)):
        first = stamp(card, there)
        late = kept(card, midnight - timedelta(hours=5), actor=there)
        assert card.row.stamps_that_day == 1
        undo(card, late)
        assert card.row.stamps_that_day == 1
        undo(card, first)

    assert card.row.stamps_that_day == 0


def test_what_the_owner_decided_is_counted_and_its_undo_takes_back_no_more(lume: Shop) -> None:
    limit(lume)
    card = lume.publish(earning=NO_COOLDOWN).card()
    with stopped_at(START):
        stamp(card, lume.actor, count=2)

    with stopped_at(NEXT_DAY):
        decided = kept(card, START, actor=lume.actor, count=2, decided=True)
        assert given(lume, lume.ada.id) == [4, 0]
        undo(card, decided)

    assert given(lume, lume.ada.id) == [2, 0]


def test_who_printed_a_sheet_gave_none_of_its_stamps_and_an_undo_takes_none_back(lume: Shop) -> None:
    limit(lume)
    offer = lume.publish(earning=NO_COOLDOWN)
    card, other = offer.card(), offer.card()
    with stopped_at(START):
        stamp(card, lume.actor, count=2)
        batch = make_batch(lume.merchant, Wanted(program_id=offer.program.id), size=1, actor=lume.actor)
        undo(other, claim_code(Merchant.objects.get(id=lume.merchant.id), next(codes_of(batch)), other.id))

    assert given(lume, lume.ada.id) == [2, 0]

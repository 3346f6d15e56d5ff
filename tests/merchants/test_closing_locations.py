"""Closing a location: nothing is given there any more, and nothing of before is lost."""

from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.stamping import add_stamp
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.closing_locations import LastLocation, close_location, open_location
from stampwell.merchants.enrolling import EnrolmentEnded, enrol_station, find_station, invite_station
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.locations import LocationClosed
from stampwell.merchants.models import Location, Merchant, Station
from stampwell.refusal import NotFound
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import WrongLocation
from stampwell.wallet.content import face_of
from tests.world import BISCUIT, HeldCard, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch(lume: Shop) -> Location:
    draft = LocationDraft(name="Harbour", address="Pier 1", time_zone="Europe/Riga")
    return add_location(lume.merchant, draft, actor=lume.actor)


def close(shop: Shop, location: Location, **moves: Station) -> Merchant:
    """The shop as it then is; `moves` goes from nowhere to the first location."""
    where = {station.id: shop.location.id for station in moves.values()}
    close_location(shop.merchant, location.id, moves=where, actor=shop.actor)
    return Merchant.objects.get(id=shop.merchant.id)


def at(location: Location) -> Actor:
    return Actor(source="scanner", location_id=location.id)


def full_card(shop: Shop, *places: Location) -> HeldCard:
    """A card with a reward ready that can be used at these places only."""
    reward = BISCUIT["reward"] | {"path": "staff_scan", "location_ids": [public_id("loc", one.id) for one in places]}  # type: ignore[operator]
    card = shop.publish(goal=5, milestones=[{"stamps": 5, "reward": reward}]).card()
    add_stamp(shop.merchant, card.id, Purchase(count=5), actor=shop.actor)
    return card


def test_nothing_is_given_at_a_closed_location(lume: Shop, branch: Location) -> None:
    offer = lume.publish()
    card, ready = offer.card(), full_card(lume)
    voucher = ready.open_vouchers[0]

    merchant = close(lume, branch)

    with pytest.raises(LocationClosed):
        add_stamp(merchant, card.id, Purchase(), actor=at(branch))
    with pytest.raises(LocationClosed):
        redeem_voucher(merchant, voucher.id, actor=at(branch))
    with pytest.raises(LocationClosed):
        issue_card(merchant, offer.terms, locale="en", actor=at(branch))
    with pytest.raises(LocationClosed):
        change_location(merchant, branch.id, LocationDraft(name="X", time_zone="Europe/Riga"), actor=lume.actor)
    add_stamp(merchant, card.id, Purchase(), actor=at(lume.location))
    assert card.row.stamps == 1


def test_opened_again_everything_is_given_there(lume: Shop, branch: Location) -> None:
    card = lume.publish().card()
    close(lume, branch)

    facts = open_location(lume.merchant, branch.id, actor=lume.actor)

    assert facts.closed_at is None
    add_stamp(Merchant.objects.get(id=lume.merchant.id), card.id, Purchase(), actor=at(branch))
    assert card.row.stamps == 1


def test_a_device_there_gets_another_place_or_is_switched_off(lume: Shop, branch: Location) -> None:
    stays, kept = (enrol_station(lume.merchant, invite(lume, branch)) for _device in range(2))
    pending = invite(lume, branch)

    close(lume, branch, kept=kept[0])

    assert place_of(lume, *stays) is None
    assert place_of(lume, *kept) == lume.location.id
    with pytest.raises(EnrolmentEnded):
        enrol_station(lume.merchant, pending)
    told = Event.objects.get(merchant=lume.merchant, type="location.closed").data
    assert [one["station_id"] for one in told["moved"]] == [public_id("stn", kept[0].id)]


def place_of(shop: Shop, station: Station, credential: str) -> UUID | None:
    """Where the device works; None where it works no longer."""
    found = find_station(shop.merchant, station.id, credential)
    return found.location_id if found else None


def invite(shop: Shop, location: Location) -> str:
    return invite_station(shop.merchant, location, kind="scanner", name="Phone")[1]


def test_an_invitation_made_while_the_location_was_being_closed_leads_nowhere(lume: Shop, branch: Location) -> None:
    close(lume, branch)

    with pytest.raises(EnrolmentEnded):
        enrol_station(lume.merchant, invite(lume, branch))


def test_a_device_does_not_go_to_a_closed_location_nor_to_a_rivals(lume: Shop, rossi: Shop, branch: Location) -> None:
    station, _credential = lume.scanner()
    third = add_location(lume.merchant, LocationDraft(name="Old", time_zone="Europe/Riga"), actor=lume.actor)
    close(lume, third)

    for place in (third, rossi.location):
        with pytest.raises(LocationClosed):
            close_location(lume.merchant, lume.location.id, moves={station.id: place.id}, actor=lume.actor)
    with pytest.raises(NotFound):
        close_location(lume.merchant, rossi.location.id, moves={}, actor=lume.actor)

    assert not Location.objects.get(id=lume.location.id).closed


def test_the_last_open_location_stays_open(lume: Shop, branch: Location) -> None:
    close(lume, branch)

    with pytest.raises(LastLocation):
        close_location(lume.merchant, lume.location.id, moves={}, actor=lume.actor)


def test_closed_twice_it_is_closed_once(lume: Shop, branch: Location) -> None:
    close(lume, branch)
    close(lume, branch)

    assert Event.objects.filter(merchant=lume.merchant, type="location.closed").count() == 1
    assert Merchant.objects.get(id=lume.merchant.id).closed_locations == [branch.id]


def test_a_reward_of_closed_locations_alone_is_used_anywhere(lume: Shop, branch: Location) -> None:
    of_branch, of_both = full_card(lume, branch), full_card(lume, branch, lume.location)
    third = add_location(lume.merchant, LocationDraft(name="New", time_zone="Europe/Riga"), actor=lume.actor)

    merchant = close(lume, branch)

    redeem_voucher(merchant, of_branch.open_vouchers[0].id, actor=at(third))
    with pytest.raises(WrongLocation) as refused:
        redeem_voucher(merchant, of_both.open_vouchers[0].id, actor=at(third))
    assert refused.value.facts["locations"] == [lume.location.name]


def test_cards_in_phones_no_longer_name_the_place(lume: Shop, branch: Location) -> None:
    version = lume.publish().terms.version_id
    assert "Pier 1" in str(face_of(lume.merchant, version))

    close(lume, branch)

    assert "Pier 1" not in str(face_of(lume.merchant, version))

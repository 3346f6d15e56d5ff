"""Cards of people who work in the shop. docs/rules/oddities.md"""

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import MergedCard
from stampwell.cards.own_card_model import OwnCard
from stampwell.cards.own_cards import (
    MOST_OWN_CARDS,
    OwnCardOfAnother,
    TooManyOwnCards,
    all_own_cards,
    name_own_card,
    take_off_own_card,
)
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardVoid
from stampwell.cards.separating import undo_merge
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.models import DeskChange
from stampwell.merchants.models import StaffMember
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from tests.kept import made_once
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def bo(lume: Shop) -> StaffMember:
    return lume.hire("Bo")


def name(card: HeldCard, person: StaffMember, *, source: str = "owner") -> None:
    shop = card.shop
    by = shop.actor if source == "owner" else Actor(source="scanner", staff_member_id=person.id)
    name_own_card(shop.merchant, person.id, card.id, actor=by)


def merge(card: HeldCard, into: HeldCard) -> None:
    shop = card.shop
    merge_customers(shop.merchant, into.row.customer_id, card.row.customer_id, actor=shop.actor)


def owners_of(*cards: HeldCard) -> list[set[str]]:
    """The names of those whose own each card is."""
    shop = cards[0].shop
    with merchant_reads(shop.merchant.id) as tx:
        own = all_own_cards(tx)
    names = dict(StaffMember.objects.values_list("id", "name"))
    return [{names[person] for person, card_id in own if card_id == card.id} for card in cards]


def noted() -> list[tuple[str, str]]:
    kinds = ("person.card_named", "person.card_taken_off")
    return list(DeskChange.objects.filter(kind__in=kinds).order_by("id").values_list("kind", "name"))


def test_a_card_is_named_as_somebodys_own_and_taken_off_again(offer: Offer, bo: StaffMember) -> None:
    shop, card = offer.shop, offer.card()

    name(card, bo)
    name(card, bo)

    row = OwnCard.objects.get()
    assert (row.staff_member_id, row.card_id, row.named_by) == (bo.id, card.id, shop.ada.id)
    assert owners_of(card) == [{"Bo"}]
    take_off_own_card(shop.merchant, bo.id, card.id, actor=shop.actor)
    assert owners_of(card) == [set()]
    assert noted() == [("person.card_named", "Bo"), ("person.card_taken_off", "Bo")]
    with pytest.raises(NotFound):
        take_off_own_card(shop.merchant, bo.id, card.id, actor=shop.actor)


def test_what_somebody_says_at_a_scanner_is_in_the_changes_too(offer: Offer, bo: StaffMember) -> None:
    name(offer.card(), bo, source="scanner")

    change = DeskChange.objects.get(kind="person.card_named")
    assert (change.staff_member_id, change.subject_id, change.after) == (bo.id, bo.id, {})


def test_a_card_is_the_own_one_of_one_person(offer: Offer, bo: StaffMember) -> None:
    card, ci = offer.card(), offer.shop.hire("Ci")
    name(card, bo)

    with pytest.raises(OwnCardOfAnother):
        name(card, ci)

    assert owners_of(card) == [{"Bo"}]


def test_one_person_has_so_many_own_cards_at_most(offer: Offer, bo: StaffMember) -> None:
    for _card in range(MOST_OWN_CARDS):
        name(offer.card(), bo)

    with pytest.raises(TooManyOwnCards) as refused:
        name(offer.card(), bo)

    assert refused.value.facts == {"most": MOST_OWN_CARDS}


def test_neither_a_card_nor_a_person_of_another_shop_nor_one_who_has_left(
    offer: Offer, bo: StaffMember, rossi: Shop
) -> None:
    shop, card, theirs = offer.shop, offer.card(), rossi.publish().card()
    luca = rossi.hire("Luca")

    for person, card_id in ((bo, theirs.id), (luca, card.id), (luca, theirs.id)):
        with pytest.raises(NotFound):
            name_own_card(shop.merchant, person.id, card_id, actor=shop.actor)
    StaffMember.objects.filter(id=bo.id).update(left=now())
    with pytest.raises(NotFound):
        name(card, bo)
    assert not OwnCard.objects.exists()


def test_a_card_that_was_merged_stays_the_own_one_also_when_that_is_undone(offer: Offer, bo: StaffMember) -> None:
    shop, first, second, third = offer.shop, offer.card(), offer.card(), offer.card()
    name(first, bo)

    merge(first, second)
    merge(second, third)
    assert owners_of(first, second, third) == [{"Bo"}] * 3

    with pytest.raises(CardVoid):
        name(second, bo)
    undo_merge(shop.merchant, MergedCard.objects.get(into_id=third.id).merge_id, actor=shop.actor)
    assert owners_of(first, second, third) == [{"Bo"}, {"Bo"}, set()]


def test_a_card_that_was_recovered_stays_the_own_one(offer: Offer, bo: StaffMember) -> None:
    card = offer.card()
    name(card, bo)

    recover_card(offer.shop.merchant, card.id, actor=offer.shop.actor)

    assert owners_of(card) == [{"Bo"}]


def test_who_is_erased_leaves_no_own_card(offer: Offer, bo: StaffMember) -> None:
    shop, gone, into, other = offer.shop, offer.card(), offer.card(), offer.card()
    name(gone, bo)
    name(other, bo)
    merge(gone, into)

    erase_customer(shop.merchant, into.row.customer_id, actor=shop.actor)

    assert owners_of(gone, into, other) == [set(), set(), {"Bo"}]
    assert OwnCard.objects.count() == 1

"""Two customers are merged at the desk: found, looked at, done once, and undone."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from stampwell.cards.links import card_token
from stampwell.cards.merging import merge_customers
from stampwell.cards.numbers import group_digits
from stampwell.clock import stopped_at
from stampwell.customers.merged_people import CAN_BE_UNDONE
from stampwell.customers.models import CustomerMerge
from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from tests.following import follow_everything
from tests.web.customer import give_stamps, path_of
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
def other(offer: Offer, card: HeldCard) -> HeldCard:
    other = offer.card(name="Cyrus", phone="+371 2999 9999")
    give_stamps(card, 3)
    give_stamps(other, 4)
    return other


def page(card: HeldCard) -> str:
    return f"/customers/{public_id('cus', card.row.customer_id)}/"


def merging(card: HeldCard, other: HeldCard) -> str:
    return f"{page(card)}merge/{public_id('crd', other.id)}/"


def seen_in(text: str) -> str:
    (seen,) = re.findall(r'name="seen" value="(\w+)"', text)
    return str(seen)


def seen_of(desk: DeskClient, card: HeldCard) -> str:
    (seen,) = re.findall(r'name="seen" value="(\w+)"', desk.open(f"{page(card)}edit/").content.decode())
    return str(seen)


def test_it_is_found_looked_at_done_once_and_undone(desk: DeskClient, card: HeldCard, other: HeldCard) -> None:
    path = merging(card, other)
    found = desk.open(f"{page(card)}merge/?q=cy").content.decode()
    shown = desk.open(path).content.decode()
    told = words(desk.open(path))
    key = uuid4().hex

    answers = [desk.send(path, seen=seen_in(shown), once=key) for _tap in range(2)]

    assert path in found
    assert group_digits(card.row.short_number) not in found
    assert "4 stamps are moved. The card then has 7 of 10." in told
    assert "1 reward becomes ready." in told
    assert [one.status_code for one in answers] == [302, 302]
    assert (CustomerMerge.objects.count(), card.row.stamps) == (1, 7)
    assert DeskChange.objects.get(kind="customer.merged").name == ""

    profile = desk.open(page(card)).content.decode()
    (undo,) = re.findall(r'href="([^"]*/merges/[^"]*)"', profile)
    assert "What has been collected since stays on the card it is on." in words(desk.open(undo))
    assert desk.send(undo).status_code == 302
    assert (card.row.stamps, other.row.stamps) == (3, 4)
    assert "/merges/" not in desk.open(page(card)).content.decode()


def test_the_card_that_is_left_stands_before_the_one_that_it_replaced(
    desk: DeskClient, card: HeldCard, other: HeldCard
) -> None:
    desk.send(merging(card, other), seen=seen_in(desk.open(merging(card, other)).content.decode()))

    shown = words(desk.open(page(card)))
    left, replaced = (shown.index(group_digits(one.row.short_number)) for one in (card, other))
    assert left < replaced < shown.index("Vouchers")


def test_a_merge_is_undone_at_its_own_customer_only(
    desk: DeskClient, offer: Offer, card: HeldCard, other: HeldCard
) -> None:
    """The page names the customer of its address, so it would ask about somebody whom nothing happens to."""
    path, strangers = merging(card, other), [page(offer.card(name="Dee")), page(other)]
    desk.send(path, seen=seen_in(desk.open(path).content.decode()))
    merge = public_id("mrg", CustomerMerge.objects.get().id)

    for stranger in strangers:
        undo = f"{stranger}merges/{merge}/undo/"
        assert [desk.client.get(undo).status_code, desk.send(undo).status_code] == [404, 404]

    assert card.row.stamps == 7
    assert desk.send(f"{page(card)}merges/{merge}/undo/").status_code == 302


def test_what_changed_since_it_was_shown_is_shown_again(desk: DeskClient, card: HeldCard, other: HeldCard) -> None:
    seen = seen_in(desk.open(merging(card, other)).content.decode())
    desk.send(f"{page(card)}edit/", name="Cy Adams", locale="en", seen=seen_of(desk, card))

    stale = desk.send(merging(card, other), seen=seen)

    assert stale.status_code == 409
    assert "Nothing was merged." in words(stale)
    assert seen_in(stale.content.decode()) != seen
    assert not CustomerMerge.objects.exists()


def test_a_customer_is_not_merged_with_themselves_or_a_strangers(desk: DeskClient, card: HeldCard, rossi: Shop) -> None:
    assert desk.open(merging(card, card)).status_code == 409
    assert desk.client.get(merging(card, rossi.publish().card())).status_code == 404


def test_a_cashier_merges_nobody(card: HeldCard, other: HeldCard) -> None:
    bo = sign_up_staff(card.shop, StaffMember.Role.CASHIER)

    assert [bo.open(f"{page(card)}merge/").status_code, bo.send(merging(card, other)).status_code] == [403, 403]
    assert "merge/" not in bo.open(page(card)).content.decode()
    assert not CustomerMerge.objects.exists()


def test_the_link_of_the_other_card_leads_to_the_one_that_is_left(
    desk: DeskClient, visitor: Client, card: HeldCard, other: HeldCard
) -> None:
    path = merging(card, other)
    desk.send(path, seen=seen_in(desk.open(path).content.decode()))

    answer = visitor.get(path_of(other))

    assert "This card was merged with another card of yours." in words(answer)
    assert f"/c/{card.shop.merchant.slug}/{card_token(card.id, 0)}" in answer.content.decode()


def test_the_line_of_a_merge_leads_to_its_undoing_while_that_can_be_done(
    desk: DeskClient, lume: Shop, card: HeldCard, other: HeldCard
) -> None:
    merged = merge_customers(lume.merchant, card.row.customer_id, other.row.customer_id, actor=lume.actor)
    follow_everything()
    undo = f"{page(card)}merges/{public_id('mrg', merged.merge.id)}/undo/"

    assert f'href="{undo}"' in desk.open("/journal/?kind=cards").content.decode()
    with stopped_at(merged.merge.merged + CAN_BE_UNDONE):
        assert undo not in desk.open("/journal/?kind=cards").content.decode()
    assert desk.send(undo).status_code == 302
    assert undo not in desk.open("/journal/?kind=cards").content.decode()


def test_of_two_merges_of_a_customer_the_latest_is_offered_to_be_undone(
    desk: DeskClient, lume: Shop, offer: Offer, card: HeldCard, other: HeldCard
) -> None:
    first = merge_customers(lume.merchant, card.row.customer_id, other.row.customer_id, actor=lume.actor)
    onto = offer.card(name="Cyril")
    last = merge_customers(lume.merchant, onto.row.customer_id, card.row.customer_id, actor=lume.actor)
    follow_everything()

    shown = desk.open("/journal/?kind=cards").content.decode()

    assert public_id("mrg", first.merge.id) not in shown
    assert public_id("mrg", last.merge.id) in shown

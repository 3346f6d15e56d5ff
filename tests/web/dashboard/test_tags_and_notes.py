"""What owners and managers write about a customer for themselves."""

from uuid import uuid4

import pytest

from stampwell.cards.exporting import export_customer
from stampwell.customers.models import CustomerNote, Tagging
from stampwell.customers.tagging import tags_of
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.transactions import merchant_transaction
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_customers import profile_of
from tests.world import HeldCard


def tags(card: HeldCard) -> list[str]:
    with merchant_transaction(card.shop.merchant.id) as tx:
        return [tag.name for tag in tags_of(tx, card.row.customer_id)]


def test_a_customer_has_the_tags_that_were_written_last(desk: DeskClient, card: HeldCard) -> None:
    desk.send(f"{profile_of(card)}tags/", tags="Regular, no nuts,  , regular")
    first = tags(card)
    desk.send(f"{profile_of(card)}tags/", tags="No nuts、友達")

    assert sorted(first) == ["Regular", "no nuts"]
    assert sorted(tags(card)) == ["no nuts", "友達"]
    assert 'value="no nuts, 友達"' in desk.open(profile_of(card)).content.decode()


@pytest.mark.parametrize("typed", ["x" * 41, ",".join(f"tag {number}" for number in range(9))])
def test_too_many_and_too_long_tags_are_refused_and_stay_in_the_form(
    desk: DeskClient, card: HeldCard, typed: str
) -> None:
    desk.send(f"{profile_of(card)}tags/", tags="Regular")

    refused = desk.send(f"{profile_of(card)}tags/", tags=typed)

    assert refused.status_code == 409
    assert "There can be 8 tags for a customer" in words(refused)
    assert f'value="{typed}"' in refused.content.decode()
    assert tags(card) == ["Regular"]


def test_a_shop_has_a_bounded_number_of_tags(desk: DeskClient, card: HeldCard) -> None:
    others = [card.shop.publish(name=f"Card {number}").card() for number in range(13)]
    for number, other in enumerate(others[:12]):
        desk.send(f"{profile_of(other)}tags/", tags=",".join(f"{number} and {each}" for each in range(8)))
    assert desk.send(f"{profile_of(card)}tags/", tags="a,b,c,d").status_code == 302

    assert desk.send(f"{profile_of(others[12])}tags/", tags="e").status_code == 409
    assert Tagging.objects.count() == 100


def test_a_note_says_who_wrote_it_and_is_in_no_event(desk: DeskClient, card: HeldCard) -> None:
    key = uuid4().hex
    for _tap in range(2):
        desk.send(f"{profile_of(card)}notes/", once=key, note="Sits by the window")

    page = words(desk.open(profile_of(card)))
    assert page.count("Sits by the window") == 1
    assert "Sits by the window ada · " in page
    assert not any("window" in str(event.data) for event in Event.objects.all())

    note = public_id("cno", CustomerNote.objects.get().id)
    removals = [desk.send(f"{profile_of(card)}notes/{note}/removal/", once="tap").status_code for _tap in range(2)]

    assert removals == [302, 302]
    assert not CustomerNote.objects.exists()


@pytest.mark.parametrize("typed", ["", "  ", "x" * 501])
def test_a_note_that_says_nothing_or_too_much_is_refused(desk: DeskClient, card: HeldCard, typed: str) -> None:
    assert desk.send(f"{profile_of(card)}notes/", note=typed).status_code == 409
    assert not CustomerNote.objects.exists()


def test_a_note_about_somebody_else_is_not_removed_here(desk: DeskClient, card: HeldCard) -> None:
    other = card.shop.publish(name="Tea card").card()
    desk.send(f"{profile_of(other)}notes/", note="Sits by the window")
    note = public_id("cno", CustomerNote.objects.get().id)

    assert desk.send(f"{profile_of(card)}notes/{note}/removal/").status_code == 404
    assert CustomerNote.objects.exists()


def test_a_cashier_sees_neither(desk: DeskClient, card: HeldCard) -> None:
    desk.send(f"{profile_of(card)}notes/", note="Sits by the window")
    desk.send(f"{profile_of(card)}tags/", tags="Regular")
    bo = sign_up_staff(card.shop, StaffMember.Role.CASHIER)

    assert "window" not in words(bo.open(profile_of(card)))
    assert "Regular" not in bo.open(profile_of(card)).content.decode()
    assert "Regular" not in words(bo.open("/cards/"))
    assert bo.send(f"{profile_of(card)}notes/", note="x").status_code == 403


def test_the_customer_is_told_both_when_they_ask_for_everything(desk: DeskClient, card: HeldCard) -> None:
    desk.send(f"{profile_of(card)}notes/", note="Sits by the window")
    desk.send(f"{profile_of(card)}tags/", tags="Regular")

    told = export_customer(card.shop.merchant, card.row.customer_id)

    assert (told.tags, [note.text for note in told.notes]) == (["Regular"], ["Sits by the window"])

"""The list of cards and what is done to a card by hand."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE, Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.journal.history import PAGE as HISTORY_PAGE
from stampwell.merchants.models import Location, StaffMember
from stampwell.vouchers.models import Redemption, Reversal, Voucher
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop


def stamp(card: HeldCard, count: int) -> str:
    done = add_stamp(card.shop.merchant, card.id, Purchase(count=count, override=True), actor=card.shop.actor)
    return done.facts.stamp.id


def number_of(card: HeldCard) -> str:
    return f"{card.row.short_number[:4]} {card.row.short_number[4:]}"


@pytest.mark.parametrize("asked", ["Cy", "cy@lume", "2000 12", "+371-2000-1234"])
def test_a_card_is_found_by_name_email_and_phone(desk: DeskClient, card: HeldCard, offer: Offer, asked: str) -> None:
    other = offer.card(name="Zane")

    page = words(desk.client.get("/cards/", {"q": asked}))

    assert number_of(card) in page
    assert number_of(other) not in page


def test_a_card_of_somebody_who_gave_nothing_is_told_apart_by_its_number(desk: DeskClient, offer: Offer) -> None:
    cards = [offer.card() for _customer in range(2)]

    page = words(desk.open("/cards/"))

    assert "No name" not in page
    assert all(f"Card {number_of(card)}" in page for card in cards)


def test_a_card_is_found_by_its_short_number(desk: DeskClient, card: HeldCard) -> None:
    assert "Cy" in words(desk.client.get("/cards/", {"q": number_of(card)}))


@pytest.mark.parametrize("asked", ["%", "_", "\\", "x" * 10_000, "' OR 1=1 --", "​", "999999999999999"])
def test_strange_words_find_nothing_and_break_nothing(desk: DeskClient, card: HeldCard, asked: str) -> None:
    answer = desk.client.get("/cards/", {"q": asked})

    assert answer.status_code == 200
    if asked.strip("​"):
        assert number_of(card) not in words(answer)


def test_the_list_goes_on_where_the_page_ended(desk: DeskClient, offer: Offer) -> None:
    cards = [offer.card(name=f"Guest {place:02d}") for place in range(31)]

    first = desk.open("/cards/")
    link = first.content.decode().split("after=")[1].split('"')[0]
    second = desk.open(f"/cards/?after={link}")

    assert number_of(cards[0]) not in words(first)
    assert number_of(cards[30]) in words(first)
    assert number_of(cards[0]) in words(second)
    assert number_of(cards[1]) not in words(second)


def test_the_list_costs_the_same_for_one_card_and_for_many(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    offer.card(name="One")
    with django_assert_max_num_queries(20) as one:
        desk.open("/cards/")
    for place in range(5):
        stamp(offer.card(name=f"Guest {place}"), 12)
    with django_assert_max_num_queries(20) as many:
        desk.open("/cards/")

    assert len(one) == len(many)


def test_the_page_of_a_card_costs_the_same_however_much_has_happened(
    desk: DeskClient, card: HeldCard, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp(card, 1)
    desk.open(page_of(card))
    with django_assert_max_num_queries(40) as few:
        desk.open(page_of(card))
    for hour in range(1, 6):
        with stopped_at(now() + timedelta(hours=hour)):
            stamp(card, 7)
    with django_assert_max_num_queries(40) as many:
        desk.open(page_of(card))

    assert len(few) == len(many)


def test_stamping_by_hand_says_what_it_did_and_by_whom(desk: DeskClient, card: HeldCard) -> None:
    answer = desk.send(f"{page_of(card)}stamps/", count="3")

    page = words(desk.open(answer.headers["Location"]))
    assert card.row.stamps == 3
    assert "3 stamps added." in page
    assert "3 stamps of 10" in page
    assert "ada · At the desk · Café Lume" in page


def test_a_double_tap_stamps_once_and_says_the_same(desk: DeskClient, card: HeldCard) -> None:
    key = uuid4().hex

    answers = [desk.send(f"{page_of(card)}stamps/", once=key, count="1", override="yes") for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert card.row.stamps == 1


def test_a_refusal_explains_itself_on_the_page(desk: DeskClient, card: HeldCard) -> None:
    stamp(card, 1)

    answer = desk.send(f"{page_of(card)}stamps/", count="1")

    assert answer.status_code == 409
    assert "This card was stamped a moment ago. If it is another purchase, wait" in words(answer)
    assert card.row.stamps == 1


def test_what_was_refused_stands_in_its_form_again(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    second = Location.objects.create(merchant=lume.merchant, name="Old Town", time_zone="Europe/Riga")
    old_town = public_id("loc", second.id)
    stamp(card, 1)

    stamped = desk.send(f"{page_of(card)}stamps/", count="3", location=old_town).content.decode()

    assert 'id="count" name="count" type="number" inputmode="numeric" min="1" max="100" value="3"' in stamped
    assert f'value="{old_town}" selected' in stamped
    assert "selected" not in desk.open(page_of(card)).content.decode()


def test_the_reason_of_an_undo_that_was_refused_is_kept(desk: DeskClient, card: HeldCard) -> None:
    path = f"{page_of(card)}stamps/{stamp(card, 5)}/reversal/"
    voucher = card.open_vouchers[0]
    desk.send(f"{page_of(card)}vouchers/{public_id('vch', voucher.id)}/redemption/")

    answer = desk.send(path, reason='The "other" card')

    assert answer.status_code == 409
    page = answer.content.decode()
    assert '<details class="more take-back" open>' in page
    assert 'value="The &quot;other&quot; card"' in page
    assert page.count('class="more take-back" open') == 1


def test_whether_it_is_another_purchase_is_asked_after_the_refusal(desk: DeskClient, card: HeldCard) -> None:
    asked = "It is another purchase, even though the card was stamped a moment ago"
    stamp(card, 1)
    before = desk.open(page_of(card))

    refused = desk.send(f"{page_of(card)}stamps/", count="3")

    assert asked not in words(before)
    assert asked in words(refused)
    assert asked not in words(desk.send(f"{page_of(card)}stamps/", count="0"))
    with stopped_at(now() + timedelta(minutes=1)):
        desk.send(f"{page_of(card)}stamps/", count="3", override="yes")
    assert card.row.stamps == 4


@pytest.mark.parametrize("count", ["", "0", "-1", "101", "1e3", "٣٣٣٣٣", "NaN", "9" * 5000])
def test_a_count_that_is_none_is_refused(desk: DeskClient, card: HeldCard, count: str) -> None:
    answer = desk.send(f"{page_of(card)}stamps/", count=count)

    assert answer.status_code == 409
    assert f"from 1 to {MOST_STAMPS_AT_ONCE}" in words(answer)
    assert card.row.stamps == 0


def test_an_amount_is_stamped_and_its_rest_is_kept(desk: DeskClient, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 2000}).card()

    desk.send(f"{page_of(card)}stamps/", amount="45,50")

    assert (card.row.stamps, card.row.remainder) == (2, 550)
    assert "€5.50 of €20.00 towards the next stamp" in words(desk.open(page_of(card)))


def test_undoing_needs_a_reason_and_withdraws_what_was_earned(desk: DeskClient, card: HeldCard) -> None:
    path = f"{page_of(card)}stamps/{stamp(card, 5)}/reversal/"

    without = desk.send(path, reason=" ")
    done = desk.send(path, reason="Wrong card")

    assert without.status_code == 409
    assert "needs a reason" in words(without)
    page = words(desk.open(done.headers["Location"]))
    assert card.row.stamps == 0
    assert "5 stamps undone" in page
    assert "Wrong card" in page
    assert "Withdrawn" in page


def test_a_refused_undo_of_long_ago_shows_that_part_of_the_history_again(desk: DeskClient, card: HeldCard) -> None:
    given = stamp(card, 1)
    for line in range(1, HISTORY_PAGE + 1):
        with stopped_at(START + timedelta(minutes=line)):
            stamp(card, 1)
    path = f"{page_of(card)}stamps/{given}/reversal/"
    assert f'action="{path}"' not in desk.open(page_of(card)).content.decode()
    older = re.findall(r'href="\?before=(\w+)', desk.open(page_of(card)).content.decode())[0]
    assert f'name="before" value="{older}"' in desk.open(f"{page_of(card)}?before={older}").content.decode()

    refused = desk.send(path, reason="", before=older).content.decode()

    assert f'action="{path}"' in refused
    assert 'aria-describedby="reason-missing"' in refused


def test_a_number_that_cannot_be_read_is_told_at_its_field(desk: DeskClient, card: HeldCard) -> None:
    refused = desk.send(f"{page_of(card)}stamps/", count="many").content.decode()

    assert 'aria-invalid="true" aria-describedby="why-refused"' in refused


def test_a_reward_is_handed_out_once_and_taken_back_with_a_reason(desk: DeskClient, card: HeldCard) -> None:
    stamp(card, 5)
    path = f"{page_of(card)}vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption/"

    desk.send(path)
    again = desk.send(path)
    redemption = Redemption.objects.get()
    desk.send(f"{page_of(card)}redemptions/{public_id('rdm', redemption.id)}/reversal/", reason="By mistake")

    assert again.status_code == 409
    assert "This voucher was already used" in words(again)
    assert Reversal.objects.get().reason == "By mistake"
    assert [voucher.state for voucher in card.open_vouchers] == ["ready"]


def test_a_voucher_is_given_by_hand_without_touching_the_stamps(desk: DeskClient, card: HeldCard, offer: Offer) -> None:
    reward = offer.terms.milestones[-1].reward

    answer = desk.send(f"{page_of(card)}vouchers/", reward=public_id("rwd", reward.id))

    assert "Voucher given: A free coffee" in words(desk.open(answer.headers["Location"]))
    assert (Voucher.objects.get().source, card.row.stamps) == ("hand", 0)


def test_a_cashier_stamps_and_hands_out_but_takes_nothing_back(lume: Shop, card: HeldCard) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)
    given = stamp(card, 5)

    with stopped_at(now() + timedelta(minutes=1)):
        assert bo.send(f"{page_of(card)}stamps/", count="1").status_code == 302
    assert bo.send(f"{page_of(card)}stamps/{given}/reversal/", reason="x").status_code == 403
    assert bo.send(f"{page_of(card)}vouchers/", reward="rwd_" + "0" * 32).status_code == 403
    assert [bo.open(path).status_code for path in ("/programs/new/", "/team/", "/settings/keys/")] == [403, 403, 403]
    assert "Undo" not in words(bo.open(page_of(card)))
    assert Stamp.objects.count() == 2


def test_where_it_happened_is_asked_in_a_shop_with_two_places(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    second = Location.objects.create(merchant=lume.merchant, name="Old Town", time_zone="Europe/Riga")

    desk.send(f"{page_of(card)}stamps/", count="1", location=public_id("loc", second.id))

    assert Stamp.objects.get().location_id == second.id
    chosen = f'<option value="{public_id("loc", second.id)}" selected>'
    assert desk.open(page_of(card)).content.decode().count(chosen) == 1, "the next one most likely belongs there, too"


def test_history_goes_on_where_the_page_ended(desk: DeskClient, card: HeldCard) -> None:
    for minute in range(1, 46):
        with stopped_at(now() + timedelta(minutes=minute)):
            stamp(card, 1)

    first = desk.open(page_of(card)).content.decode()
    older = desk.open(page_of(card) + "?before=" + first.split("?before=")[1].split("#")[0])

    assert "A customer got a new card" not in first
    assert "A customer got a new card" in words(older)


def test_a_customers_name_is_only_ever_text(desk: DeskClient, offer: Offer) -> None:
    card = offer.card(name="<script>alert(1)</script>")

    for path in ("/cards/", page_of(card)):
        assert "<script>alert" not in desk.open(path).content.decode()


def test_a_form_without_its_csrf_token_is_refused(lume: Shop, card: HeldCard) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lume.owner)

    assert strict.post(f"{page_of(card)}stamps/", {"count": "1"}).status_code == 403
    assert card.row.stamps == 0

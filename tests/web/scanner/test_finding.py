"""A customer without a code and without a number: found by name, phone or email, and chosen by staff."""

import re
from datetime import timedelta

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card, Stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.finding import MOST, SEARCHES, WITHIN
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.closing import close_shop
from tests.counter.guesses import numbers_of_nobody
from tests.kept import made_once
from tests.web.scanner.phone import Panel, Phone, panel_of
from tests.web.scanner.test_entered import entered
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    offer.card(name="Zane Ozola", email="zane@lume.example", phone="+371 2999 9999")
    return offer.card(name="Anna Bērziņa", email="anna@lume.example", phone="+371 2000 7777")


def find(phone: Phone, words: str) -> Panel:
    return panel_of(phone.client.post("/scanner/customers", {"words": words}))  # type: ignore[arg-type]


def shown(panel: Panel) -> list[str]:
    """Each card that is offered, as it is read."""
    buttons = re.findall(r"<li>.*?</li>", panel.html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", button).split()) for button in buttons]


@pytest.mark.parametrize(
    "words",
    [
        "anna",
        "BERZ",
        "bērziņa anna",
        "2000 7777",
        "20007777",
        "7777",
        "anna 7777",
        "ANNA@lume.example",
        "0037120007777",
    ],
)
def test_a_customer_is_found_by_name_phone_or_email(phone: Phone, card: HeldCard, words: str) -> None:
    panel = find(phone, words)

    assert (panel.outcome, shown(panel)) == ("found", ["Anna B. Phone: … 7777 0 of 10 stamps"])
    assert "Who is it?" in panel.words


def test_staff_see_no_more_than_they_need_to_ask_for_the_right_person(phone: Phone, card: HeldCard) -> None:
    panel = find(phone, "anna")

    for whole in ("Bērziņa", "anna@lume.example", "2000 7777", "20007777", card.row.short_number):
        assert whole not in panel.html


def test_the_card_that_is_chosen_is_stamped_as_if_it_had_been_scanned(phone: Phone, card: HeldCard) -> None:
    chosen = find(phone, "anna").url("/scan")

    panel = phone.tap(chosen)

    assert (panel.outcome, panel.tone) == ("stamped", "good")
    assert "1 of 10 stamps" in panel.words
    assert "code" not in panel.words.lower()
    assert entered() == ["found"]


def test_choosing_a_card_twice_stamps_once(phone: Phone, card: HeldCard) -> None:
    chosen = find(phone, "anna").url("/scan")

    first, second = (phone.tap(chosen, key="one tap") for _time in range(2))

    assert first == second
    assert card.row.stamps == 1


def test_looking_for_somebody_writes_nothing_down(phone: Phone, card: HeldCard) -> None:
    before = Event.objects.count()

    find(phone, "anna")

    assert (Event.objects.count(), Stamp.objects.count()) == (before, 0)


@pytest.mark.parametrize("words", ["", "an", "a b", "77", "  ", "@a", "…!?", "%%%"])
def test_without_three_letters_or_digits_nobody_is_listed(phone: Phone, card: HeldCard, words: str) -> None:
    panel = find(phone, words)

    assert (panel.outcome, shown(panel)) == ("refused", [])
    assert "Enter at least three letters or digits to find a customer." in panel.words


@pytest.mark.parametrize("words", ["lume", "example", "nna", "rzin"])
def test_nobody_is_listed_by_what_many_have(phone: Phone, card: HeldCard, words: str) -> None:
    panel = find(phone, words)

    assert shown(panel) == []
    assert "Nobody was found" in panel.words


@pytest.mark.parametrize("words", ["ana berzina", "Bezina", "berzian", "bberzina", "annna", "amna"])
def test_a_name_is_found_with_a_slip_of_the_finger(phone: Phone, card: HeldCard, words: str) -> None:
    panel = find(phone, words)

    assert shown(panel) == ["Anna B. Phone: … 7777 0 of 10 stamps"]
    assert "Nobody has exactly this name. Who is it?" in panel.words


def test_whoever_is_called_exactly_that_is_not_mixed_with_others(phone: Phone, card: HeldCard) -> None:
    phone.shop.publish(name="Tea card").card(name="Anne Berzins")

    assert shown(find(phone, "berzina")) == ["Anna B. Phone: … 7777 0 of 10 stamps"]


@pytest.mark.parametrize(
    "words",
    [
        *("777", "0 7777", "00 7777", "+371 2000", "371", "0007777"),
        *("anna 3712", "anna 777", "anna 07777", "anna 371200", "aana 371200", "3712a"),
        *("anna@lume", "anna@", "anna@lume.exampl", "anna@lume.example."),
    ],
)
def test_no_part_of_a_number_or_email_finds_whose_it_is(phone: Phone, card: HeldCard, words: str) -> None:
    assert shown(find(phone, words)) == []


@pytest.mark.parametrize("words", ["zz99", "zz9", "zz9lume", "zy99"])
def test_the_beginning_of_an_email_is_no_name(phone: Phone, offer: Offer, words: str) -> None:
    offer.card(name="Anna", email="zz99@lume.example")

    assert shown(find(phone, words)) == []


@pytest.mark.parametrize("words", ["2000 7778", "anna@lumo.example", "zaneanna", "cnna", "bezin oz"])
def test_another_number_or_email_is_another_customer(phone: Phone, card: HeldCard, words: str) -> None:
    assert shown(find(phone, words)) == []


def test_eight_are_listed_and_that_there_are_more_is_said(phone: Phone, offer: Offer) -> None:
    for number in range(MOST + 1):
        offer.card(name=f"Anna {'ABCDEFGHI'[number]}")

    panel = find(phone, "anna")

    assert shown(panel) == [f"Anna {letter}. 0 of 10 stamps" for letter in "IHGFEDCB"]
    assert "More customers match. Enter more of the name." in panel.words


def test_cards_of_several_programs_say_which(phone: Phone, card: HeldCard) -> None:
    tea = phone.shop.publish(
        name="Tea card", goal=5, milestones=[{"stamps": 5, "reward": {"name": "Tea", "path": "staff_scan"}}]
    )
    tea.card(name="Anna Zute")

    assert shown(find(phone, "anna")) == [
        "Anna Z. 0 of 5 stamps Tea card",
        "Anna B. Phone: … 7777 0 of 10 stamps Coffee card",
    ]


def test_whoever_gave_no_name_is_found_by_the_phone_alone(phone: Phone, offer: Offer) -> None:
    offer.card(phone="+371 2000 1234")

    assert shown(find(phone, "2000 1234")) == ["No name Phone: … 1234 0 of 10 stamps"]


def test_cards_that_have_ended_are_not_offered(phone: Phone, card: HeldCard, offer: Offer) -> None:
    other = offer.card(name="Anna Kalniņa", phone="+371 2111 5555")
    merge_customers(phone.shop.merchant, card.row.customer_id, other.row.customer_id, actor=phone.shop.actor)
    gone = offer.card(name="Anna Liepa")
    erase_customer(phone.shop.merchant, gone.row.customer_id, actor=phone.shop.actor)

    assert [panel.split(" Phone")[0] for panel in shown(find(phone, "anna"))] == ["Anna B."]
    assert Card.objects.exclude(state="active").count() == 2


def test_a_card_that_has_ended_since_says_why(phone: Phone, card: HeldCard) -> None:
    chosen = find(phone, "anna").url("/scan")
    erase_customer(phone.shop.merchant, card.row.customer_id, actor=phone.shop.actor)

    panel = phone.tap(chosen)

    assert panel.outcome == "refused"
    assert not Stamp.objects.exists()


def test_a_rivals_customers_are_not_found_and_their_cards_unknown(phone: Phone, rossi: Shop) -> None:
    theirs = rossi.publish().card(name="Anna Rossi", phone="+371 2000 7777")

    assert shown(find(phone, "anna")) == []
    assert shown(find(phone, "2000 7777")) == []
    for unknown in (public_id("crd", theirs.id), "crd_0", "nothing"):
        panel = phone.tap(f"/scanner/cards/{unknown}/scan")
        assert panel.outcome == "refused"
    assert theirs.row.stamps == 0


def test_who_looks_for_many_customers_has_to_wait(phone: Phone, card: HeldCard, lume: Shop) -> None:
    for _search in range(SEARCHES):
        assert shown(find(phone, "anna"))

    refused = find(phone, "anna")

    assert (refused.outcome, shown(refused)) == ("refused", [])
    assert "This was tried too many times in a short time." in refused.words
    assert phone.scan(card.code).outcome == "stamped"
    other = Phone(lume).enrol()
    other.sign_in(lume.hire("Di"))
    assert shown(find(other, "anna"))
    with stopped_at(now() + WITHIN + timedelta(seconds=1)):
        assert shown(find(phone, "anna"))


def test_a_card_is_found_by_its_number_but_not_by_who_guesses(phone: Phone, card: HeldCard) -> None:
    number, numbers = card.row.short_number, numbers_of_nobody(card)
    assert len(shown(find(phone, number))) == 1

    for guess in range(SEARCHES - 2):
        find(phone, next(numbers)) if guess % 2 else phone.scan(next(numbers))

    assert shown(find(phone, number)) == []


def test_signed_out_or_closed_nobody_is_found(phone: Phone, card: HeldCard) -> None:
    close_shop(phone.shop.merchant.id)
    assert shown(find(phone, "anna")) == []

    phone.client.cookies.clear()
    assert phone.client.post("/scanner/customers", {"words": "anna"}).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"words=%00%00%00", b"words=%ff%fe%fd", b"words=" + b"a" * 100_000, b"words=\xff"]
)
def test_whatever_is_looked_for_has_an_answer(phone: Phone, card: HeldCard, body: bytes) -> None:
    panel = panel_of(phone.send("/scanner/customers", body, "application/x-www-form-urlencoded"))

    assert shown(panel) == []

"""Finding a card in the list by what a customer says."""

import pytest

from stampwell.cards import searching
from stampwell.ids import wanted_id
from stampwell.web.dashboard.cards import search
from stampwell.web.dashboard.cards.search import find_cards
from tests.kept import made_once
from tests.web.dashboard.desk import DeskClient, page_of
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    offer.card(name="Zane Ozola", email="zane@lume.example", phone="+371 2999 9999")
    return offer.card(name="Cy Bērziņš", email="cy@lume.example", phone="+371 2000 1234")


def found(card: HeldCard, words: str) -> list[str]:
    return [each.who for each in find_cards(card.shop.merchant, words, after=None).cards]


@pytest.mark.parametrize("words", ["{number}", "{first} {last}", "{first}-{last}", " {wide} ", "{arabic}"])
def test_eight_digits_are_the_cards_number_in_any_script_and_with_blanks(card: HeldCard, words: str) -> None:
    number = card.row.short_number
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    arabic = "".join(chr(ord(digit) + 0x630) for digit in number)

    words = words.format(number=number, first=number[:4], last=number[4:], wide=wide, arabic=arabic)

    assert found(card, words) == ["Cy Bērziņš"]


@pytest.mark.parametrize("words", ["20001234", "2000 1234", "+371 2000 1234", "0001", "1234"])
def test_a_phone_is_found_by_any_three_digits_in_a_row(card: HeldCard, words: str) -> None:
    assert found(card, words) == ["Cy Bērziņš"]


@pytest.mark.parametrize("words", ["cy@lume.example", "CY@LUME.EXAMPLE", "cy@lume", "cy@"])
def test_an_email_is_found_by_its_beginning(card: HeldCard, words: str) -> None:
    assert found(card, words) == ["Cy Bērziņš"]


@pytest.mark.parametrize("words", ["@lume", "y@lume.example", "c_@lume.example", "%@", "cy@lume.example.org"])
def test_no_sign_of_an_email_stands_for_others(card: HeldCard, words: str) -> None:
    assert found(card, words) == []


@pytest.mark.parametrize("words", ["cy", "berzins", "BĒRZ", "bērziņš cy", "b"])
def test_a_name_is_found_by_the_beginnings_of_its_words(card: HeldCard, words: str) -> None:
    assert found(card, words) == ["Cy Bērziņš"]


def test_all_the_words_have_to_fit(card: HeldCard) -> None:
    assert found(card, "cy ozola") == []


def test_the_newest_comes_first_and_without_words_everybody(card: HeldCard) -> None:
    assert found(card, "") == ["Cy Bērziņš", "Zane Ozola"]


@pytest.mark.parametrize("words", ["lume", "erzins", "%", "_", "99", "0" * 9])
def test_what_stands_inside_a_word_is_not_found(card: HeldCard, words: str) -> None:
    assert found(card, words) == []


def test_a_rivals_customers_are_not_found(card: HeldCard, rossi: Shop) -> None:
    theirs = rossi.publish().card(name="Cy Bērziņš", email="cy@lume.example", phone="+371 2000 1234")

    for words in ("cy", "cy@lume.example", "20001234", card.row.short_number):
        assert len(found(card, words)) == 1
    assert found(card, theirs.row.short_number) == []


@pytest.fixture(params=[1, 3, 1_000])
def newest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many cards are looked through before the index is asked."""
    number: int = request.param
    monkeypatch.setattr(searching, "NEWEST", number)
    return number


def test_old_cards_are_found_as_new_ones_are(offer: Offer, newest: int) -> None:
    for number in range(6):
        offer.card(name=f"{'Anna' if number % 2 else 'Bo'} {number}")

    assert found(offer.card(name="Zane"), "anna") == ["Anna 5", "Anna 3", "Anna 1"]


def test_pages_of_what_was_found_follow_each_other(offer: Offer, newest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    for number in range(7):
        offer.card(name=f"Anna {number}" if number != 4 else "Bo")
    names, after = [], None

    for _page in range(3):
        page = find_cards(offer.shop.merchant, "an", after=after)
        names += [each.who for each in page.cards]
        after = wanted_id("crd", page.next) if page.next else None

    assert names == ["Anna 6", "Anna 5", "Anna 3", "Anna 2", "Anna 1", "Anna 0"]
    assert after is None


def test_a_card_is_found_by_its_number_however_old(offer: Offer, newest: int) -> None:
    card = offer.card(name="Anna")
    number = card.row.short_number
    for other in range(4):
        offer.card(name=f"Bo {other}")
    same = offer.card(name="Zane", phone=f"+371 {number}")

    assert found(same, number) == ["Zane", "Anna"]


def test_many_short_words_have_to_fit_all(card: HeldCard) -> None:
    offer = card.shop.publish()
    offer.card(name="Ab Cd Ef Gh Ij")

    assert found(card, "ab cd ef gh ij") == ["Ab Cd Ef Gh Ij"]
    assert found(card, "ab cd ef gh ij kl") == []


def test_words_that_somebody_typed_open_the_only_card_that_fits(lume: Shop, card: HeldCard) -> None:
    desk = DeskClient(lume.owner)

    assert desk.open("/cards/?typed=1&q=berzins").headers["Location"] == page_of(card)
    for several_none_or_a_link in ("?typed=1&q=lume", "?typed=1&q=nobody", "?typed=1&q=+", "?q=berzins"):
        assert desk.open(f"/cards/{several_none_or_a_link}").status_code == 200

"""A number typed at the counter tells by its check digit that it was mistyped."""

import pytest

from stampwell.cards.earning import Purchase
from stampwell.counter.own_codes import NumberMistyped
from stampwell.counter.scanning import recognise, take_scan
from stampwell.events.actors import Actor
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db
SCANNER = Actor(source="scanner")


@pytest.fixture
def card() -> HeldCard:
    return open_lume().publish().card()


def test_every_wrong_digit_is_noticed(card: HeldCard) -> None:
    number = card.row.short_number

    for place, digit in enumerate(number):
        wrong = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
        assert isinstance(recognise(card.shop.merchant, wrong).refusal, NumberMistyped)


@pytest.mark.parametrize("cut", [1, 7])
def test_a_number_that_is_too_short_is_noticed(card: HeldCard, cut: int) -> None:
    assert isinstance(recognise(card.shop.merchant, card.row.short_number[:cut]).refusal, NumberMistyped)


def test_a_number_may_be_typed_in_groups_and_on_any_keyboard(card: HeldCard) -> None:
    number = card.row.short_number
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in number)

    for typed in (f"{number[:4]} {number[4:]}", f"{number[:4]}-{number[4:]}", wide):
        found = recognise(card.shop.merchant, typed).card
        assert found is not None
        assert found.id == card.id


def test_a_mistyped_number_stamps_nothing(card: HeldCard) -> None:
    number = card.row.short_number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    with pytest.raises(NumberMistyped):
        take_scan(card.shop.merchant, recognise(card.shop.merchant, wrong), Purchase(), actor=SCANNER)

    assert card.row.stamps == 0


def test_a_code_of_ten_thousand_letters_is_unknown(card: HeldCard) -> None:
    for code in ("C" * 10_000, "9" * 10_000, "V" * 10_000, "http://x/" + "c/" * 5_000, "\0", "💥‮"):
        refusal = recognise(card.shop.merchant, code).refusal
        assert refusal is not None
        assert refusal.code == "unknown_code"

"""Numbers of cards are typed where a code cannot be read; nobody tries them one after the other."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from stampwell.cards.numbers import luhn_digit
from stampwell.clock import now, stopped_at
from stampwell.counter.guessing import MOST_UNKNOWN, WITHIN
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop

TOO_MANY = "too many times"


def numbers_of_nobody(card: HeldCard) -> Iterator[str]:
    for digits in range(1_000_000, 9_999_999):
        number = f"{digits}{luhn_digit(str(digits))}"
        if number != card.row.short_number:
            yield number


@pytest.fixture
def guessed(phone: Phone, card: HeldCard) -> Phone:
    numbers = numbers_of_nobody(card)
    for _guess in range(MOST_UNKNOWN):
        assert "Unknown code" in phone.scan(next(numbers)).words
    return phone


def test_who_tried_many_numbers_waits_and_finds_out_nothing(guessed: Phone, card: HeldCard) -> None:
    known, unknown = (guessed.scan(number).words for number in (card.row.short_number, "1000 0017"))

    assert TOO_MANY in known
    assert known == unknown
    assert card.row.stamps == 0


def test_a_code_is_scanned_all_the_same(guessed: Phone, card: HeldCard) -> None:
    assert guessed.scan(card.code).outcome == "stamped"


def test_after_a_while_numbers_are_typed_again(guessed: Phone, card: HeldCard) -> None:
    with stopped_at(now() + WITHIN + timedelta(seconds=1)):
        assert guessed.scan(card.row.short_number).outcome == "stamped"


def test_a_slip_of_the_finger_is_no_guess(phone: Phone, card: HeldCard) -> None:
    number = card.row.short_number
    for _slip in range(MOST_UNKNOWN + 1):
        phone.scan(number[:-1] + str((int(number[-1]) + 1) % 10))

    assert phone.scan(number).outcome == "stamped"


def test_another_device_of_the_shop_goes_on(guessed: Phone, lume: Shop, card: HeldCard) -> None:
    other = Phone(lume).enrol()
    other.sign_in(lume.hire("Di"))

    assert other.scan(card.row.short_number).outcome == "stamped"

"""Numbers of cards are typed where a code cannot be read; nobody tries them one after the other."""

from datetime import timedelta

import pytest

from stampwell.cards.rotating import rotating_text
from stampwell.clock import now, stopped_at
from tests.counter.guesses import numbers_of_nobody
from tests.web.customer import one_reward
from tests.web.scanner.phone import Phone
from tests.web.scanner.test_live_codes import rotating_code
from tests.world import HeldCard, Shop

TOO_MANY = "Too many numbers or codes were tried that belong to no card."
MOST_UNKNOWN, WITHIN = 30, timedelta(minutes=10)


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


def test_a_live_code_is_scanned_all_the_same(guessed: Phone, card: HeldCard) -> None:
    assert guessed.scan(rotating_code(card)).outcome == "stamped"


def test_a_made_up_live_code_tells_no_more_than_a_number(phone: Phone, card: HeldCard) -> None:
    for place in range(MOST_UNKNOWN):
        assert "Unknown code" in phone.scan(rotating_text(f"{place:08}", "12345678")).words

    known, unknown = (
        phone.scan(rotating_text(number, "12345678")).words for number in (card.row.short_number, "10000017")
    )

    assert TOO_MANY in known
    assert known == unknown


def test_a_till_code_is_not_found_by_trying(guessed: Phone, lume: Shop) -> None:
    lume.publish(**one_reward("redeem_code"))

    assert TOO_MANY in guessed.scan("FREECOFFEE").words


def test_other_peoples_codes_are_no_guesses(phone: Phone, card: HeldCard) -> None:
    for _scan in range(MOST_UNKNOWN + 1):
        phone.scan("https://example.com/menu")

    assert phone.scan(card.row.short_number).outcome == "stamped"

"""Numbers that could be a card's and are nobody's, one after the other."""

from collections.abc import Iterator

from stampwell.cards.numbers import luhn_digit
from tests.world import HeldCard


def numbers_of_nobody(card: HeldCard) -> Iterator[str]:
    for digits in range(1_000_000, 9_999_999):
        number = f"{digits}{luhn_digit(str(digits))}"
        if number != card.row.short_number:
            yield number

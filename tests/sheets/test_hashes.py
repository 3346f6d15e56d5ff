"""What was seen is found again, and nothing else is."""

import random

from stampwell.sheets.hashes import STRINGS, Hashes


def test_what_was_added_is_there_and_nothing_else() -> None:
    chance = random.Random(1)
    numbers = {chance.getrandbits(64) - (1 << 63) for _number in range(50_000)}
    others = {chance.getrandbits(64) - (1 << 63) for _number in range(50_000)} - numbers

    found = Hashes(numbers)

    assert all(number in found for number in numbers)
    assert not any(number in found for number in others)


def test_the_end_of_one_and_the_beginning_of_the_next_are_none() -> None:
    """All in one string: AAAABB and BBAAAA make AAAABBBBAAAA, and AABBBB is in that."""
    first, second, across = (int.from_bytes(text) * STRINGS for text in (b"AAAABB", b"BBAAAA", b"AABBBB"))

    found = Hashes([first, second])

    assert across not in found
    found.add(across)
    assert all(number in found for number in (first, second, across))

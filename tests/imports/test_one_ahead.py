"""What is made while the last one is used comes in its order, and so does what goes wrong."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from stampwell.imports.one_ahead import one_ahead


def test_the_next_is_made_while_the_last_is_in_hand() -> None:
    begun = [threading.Event() for _number in range(4)]

    def make() -> Iterator[int]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    used = []
    with closing(one_ahead(make())) as made:
        for number in made:
            assert number == 3 or begun[number + 1].wait(20)
            used.append(number)

    assert used == [0, 1, 2, 3]


def test_an_error_comes_in_the_place_of_its_item() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    made = one_ahead(make())

    assert next(made) == 1
    with pytest.raises(ValueError, match="broken"):
        next(made)


def test_whoever_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    with closing(one_ahead(iter(range(10)))) as made:
        assert next(made) == 0

    assert threading.active_count() == before

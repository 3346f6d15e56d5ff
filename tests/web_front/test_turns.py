"""So many requests are computed at a time, so many wait, and the rest is told so."""

import time
from collections.abc import Callable

import pytest

from stampwell.web_front.turns import STANDS_BACK, Turns


def test_what_finds_a_free_turn_is_done_at_once() -> None:
    done: list[str] = []

    assert Turns(1, most_waiting=0).take(lambda: done.append("first"))

    assert done == ["first"]


def test_who_has_a_turn_does_what_waits_in_the_order_in_which_it_came() -> None:
    turns, done = Turns(1, most_waiting=2), list[str]()

    def first() -> None:
        assert [turns.take(noting(done, name)) for name in ("second", "third", "fourth")] == [True, True, False]
        done.append("first")

    assert turns.take(first)

    assert done == ["first", "second", "third"]


def test_a_turn_is_free_again_when_nothing_waits() -> None:
    turns, done = Turns(1, most_waiting=0), list[str]()

    assert [turns.take(noting(done, name)) for name in ("first", "second")] == [True, True]

    assert done == ["first", "second"]


def test_who_finds_no_turn_stands_back_only_while_turns_come_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would let nobody in while those who have the turns hang."""
    turns, slept = Turns(1, most_waiting=2), list[float]()
    monkeypatch.setattr(time, "sleep", slept.append)

    def first() -> None:
        turns.take(lambda: None)
        assert not slept

    def second() -> None:
        turns.take(lambda: None)

    turns.take(first)
    turns.take(second)

    assert slept == [STANDS_BACK]


def noting(done: list[str], name: str) -> Callable[[], None]:
    return lambda: done.append(name)

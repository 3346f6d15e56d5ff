"""So many requests are computed at a time, so many wait, and the rest is told so."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from stampwell.web_front.turns import STANDS_BACK, Turns


def test_what_finds_a_free_turn_is_done_at_once() -> None:
    done: list[str] = []

    assert Turns(1, most_waiting=0).take(lambda: done.append("first"), nobody)

    assert done == ["first"]


def test_who_has_a_turn_does_what_waits_in_the_order_in_which_it_came() -> None:
    turns, done = Turns(1, most_waiting=4), list[str]()

    def first() -> None:
        assert [turns.take(noting(done, name), nobody) for name in ("second", "third", "fourth")] == [True, True, False]
        done.append("first")

    assert turns.take(first, nobody)

    assert done == ["first", "second", "third"]


def test_a_turn_is_free_again_when_nothing_waits() -> None:
    turns, done = Turns(1, most_waiting=0), list[str]()

    assert [turns.take(noting(done, name), nobody) for name in ("first", "second")] == [True, True]

    assert done == ["first", "second"]


def test_who_finds_no_turn_stands_back_only_while_turns_come_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would let nobody in while those who have the turns hang."""
    turns, slept = Turns(1, most_waiting=2), list[float]()
    monkeypatch.setattr(time, "sleep", slept.append)

    def first() -> None:
        turns.take(lambda: None, nobody)
        assert not slept

    def second() -> None:
        turns.take(lambda: None, nobody)

    turns.take(first, nobody)
    turns.take(second, nobody)

    assert slept == [STANDS_BACK]


def test_those_who_wait_take_turns_by_address() -> None:
    turns, done = Turns(1, most_waiting=256), list[str]()

    def first() -> None:
        for name in ("flood 1", "flood 2", "flood 3", "Ada 1", "Bo 1", "Ada 2"):
            turns.take(noting(done, name), partial(str, name.partition(" ")[0]))

    turns.take(first, nobody)

    assert done == ["flood 1", "Ada 1", "Bo 1", "flood 2", "Ada 2", "flood 3"]


def test_one_address_never_has_all_the_places_of_those_who_wait() -> None:
    turns, done = Turns(1, most_waiting=256), list[str]()

    def first() -> None:
        flood = [turns.take(noting(done, "flood"), lambda: "192.0.2.1") for _request in range(400)]
        assert flood.count(True) == 128
        assert [turns.take(noting(done, "Ada"), lambda: "192.0.2.2") for _request in range(80)].count(True) == 64

    turns.take(first, nobody)

    assert (done.count("flood"), done.count("Ada")) == (128, 64)
    assert done[:4] == ["flood", "Ada", "flood", "Ada"]


def nobody() -> str:
    return ""


def noting(done: list[str], name: str) -> Callable[[], None]:
    return lambda: done.append(name)

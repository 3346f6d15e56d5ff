"""So many requests are computed at a time, so many wait, and the rest is told so."""

from collections.abc import Callable

from stampwell.web_front.turns import Turns


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


def noting(done: list[str], name: str) -> Callable[[], None]:
    return lambda: done.append(name)

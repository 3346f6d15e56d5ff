"""Who asks a database that hangs is told so, and one thread waits for it."""

import threading
from collections.abc import Iterator

import pytest

from stampwell.transactions.outages import OUTAGES
from stampwell.watch.patience import NoAnswer, Patient

PATIENCE = 60  # seconds


class Hanging:
    def __init__(self) -> None:
        self.go, self.asked = threading.Event(), 0

    def ask(self) -> int:
        self.asked += 1
        assert self.go.wait(PATIENCE)
        return self.asked


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    double = Hanging()
    yield double
    double.go.set()


def test_what_is_found_is_given() -> None:
    ask = Patient(lambda: 7, seconds=PATIENCE)

    assert [ask(), ask()] == [7, 7]


def test_what_fails_is_raised() -> None:
    def fail() -> None:
        raise ValueError("something")

    ask = Patient(fail, seconds=PATIENCE)

    for _time in range(2):
        with pytest.raises(ValueError, match="something"):
            ask()


def test_what_hangs_is_an_outage_and_is_asked_once(hanging: Hanging) -> None:
    ask = Patient(hanging.ask, seconds=0.01)

    for _time in range(5):
        with pytest.raises(NoAnswer):
            ask()

    assert hanging.asked == 1
    assert issubclass(NoAnswer, OUTAGES)


def test_what_answers_again_is_asked_again(hanging: Hanging) -> None:
    ask = Patient(hanging.ask, seconds=0.01)
    with pytest.raises(NoAnswer):
        ask()
    hanging.go.set()

    found = 0
    for _time in range(PATIENCE * 10):
        try:
            found = ask()
            break
        except NoAnswer:
            threading.Event().wait(0.1)

    assert found >= 2

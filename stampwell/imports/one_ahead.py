"""The next one is made while the last one is used."""

import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

TURN = 0.0005  # seconds: a thread whose answer has come from the database waits ten times as long by Python's own


def one_ahead[Item](items: Iterator[Item]) -> Generator[Item]:
    """The items in their order. Each is made in a thread of its own, while the database has the one before it in hand;
    what making it raises is raised in its place. Nothing that makes them may ask the database.
    """
    with ThreadPoolExecutor(1, "one-ahead") as thread, _short_turns():
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


@contextmanager
def _short_turns() -> Generator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)

"""A busy application for the drills: writers in processes of their own, and the count that must be right."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.drills.writer import confirmed
from tests.processes import Program

PATIENCE = 90.0  # seconds after which a drill is lost, not slow


@dataclass
class Shop:
    """Writers against one database; `notes` outlives them and the server."""

    notes: Path
    running: dict[str, Program] = field(default_factory=dict)

    def hire(self, url: str, name: str) -> Program:
        command = [sys.executable, "-m", "tests.drills.writer", url, name, str(self.notes / name)]
        self.running[name] = Program(command)
        return self.running[name]

    def confirmed(self) -> int:
        return sum(confirmed(file) for file in self.notes.iterdir())

    def work(self, rows: int) -> int:
        """Waits until so many more rows are confirmed; answers how many are, in all."""
        goal, limit = self.confirmed() + rows, time.monotonic() + PATIENCE
        while self.confirmed() < goal:
            assert time.monotonic() < limit, f"only {self.confirmed()} of {goal} rows were confirmed"
            time.sleep(0.005)
        return self.confirmed()

    def close(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        self.running.clear()


@contextmanager
def busy_shop(url: str, notes: Path, *, writers: int = 4) -> Iterator[Shop]:
    """A table and writers that are at work."""
    notes.mkdir()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE written (writer text, number int, padding text, PRIMARY KEY (writer, number))")
    shop = Shop(notes)
    try:
        for index in range(writers):
            shop.hire(url, f"writer-{index}")
        shop.work(100)
        yield shop
    finally:
        shop.close()


def count_lost(url: str, shop: Shop) -> int:
    """Rows that were confirmed and are not there; and no row may be there that nobody asked for."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT writer, number FROM written").fetchall()
    present = {(str(writer), int(number)) for writer, number in rows}
    promised = {(file.name, number) for file in shop.notes.iterdir() for number in range(1, confirmed(file) + 1)}
    # At most one row a writer was written without its confirmation having arrived.
    assert all(number <= confirmed(shop.notes / writer) + 1 for writer, number in present)
    return len(promised - present)


def wait_until_said(said: list[str], words: str, *, times: int = 1) -> None:
    limit = time.monotonic() + PATIENCE
    while sum(words in text for text in said) < times:
        assert time.monotonic() < limit, f"“{words}” was not said {times} times, only {said}"
        time.sleep(0.05)

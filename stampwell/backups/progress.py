"""How far it is: one line that grows on a terminal, and nothing anywhere else."""

import sys
import time
from types import TracebackType
from typing import Self

PAUSE = 0.2  # seconds between two changes of the line


class Progress:
    """`of` is the whole, where it is known."""

    def __init__(self, verb: str, *, of: int | None = None) -> None:
        self._verb, self._of, self._done, self._shown = verb, of, 0, 0.0
        self._is_seen = sys.stderr.isatty()

    def add(self, size: int) -> None:
        self._done += size
        if self._is_seen and time.monotonic() - self._shown > PAUSE:
            self._shown = time.monotonic()
            self._show()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_seen:
            self._show()
            print(file=sys.stderr)

    def _show(self) -> None:
        share = f" ({min(100, 100 * self._done // self._of)} %)" if self._of else ""
        print(f"\r{self._done / 1_000_000:,.1f} MB of the database {self._verb}{share}", end="", file=sys.stderr)

"""How much of the processor the longest of many took. What a clock on the wall says is our neighbours' as well."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Longest:
    """Each block that it times is one; `seconds` are the longest's, `total` those of all."""

    def __init__(self) -> None:
        self.seconds = self.total = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        begun = time.process_time()
        yield
        took = time.process_time() - begun
        self.seconds, self.total = max(self.seconds, took), self.total + took

    def __str__(self) -> str:
        return f"{self.total:.0f} s of the processor, the longest {self.seconds:.3f} s"

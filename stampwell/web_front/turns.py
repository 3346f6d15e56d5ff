"""How many requests are computed at a time, and how many may wait for their turn."""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

STANDS_BACK = 0.02  # seconds
FLOWS = 0.05  # seconds since a turn came free: others will, without anybody's help

type Work = Callable[[], None]


class Turns:
    """There is one thread more than turns: it takes in what comes while all turns are taken.

    As long as turns come free, it stands back after each piece. It would only wrest the interpreter from the others,
    and whoever has finished takes in the next request as well.
    """

    def __init__(self, turns: int, *, most_waiting: int) -> None:
        self._free, self._most = turns, most_waiting
        self._waiting: deque[Work] = deque()
        self._last_free = 0.0
        self._lock = Lock()

    def take(self, work: Work) -> bool:
        """Does the work in this thread, or leaves it to a thread that has a turn. False if too many wait already."""
        with self._lock:
            has_turn = self._free > 0
            if has_turn:
                self._free -= 1
            elif len(self._waiting) < self._most:
                self._waiting.append(work)
            else:
                return False
        if has_turn:
            self._work(work)
        elif time.monotonic() - self._last_free < FLOWS:
            time.sleep(STANDS_BACK)
        return True

    def _work(self, first: Work) -> None:
        following: Work | None = first
        while following is not None:
            try:
                following()
            finally:
                following = self._next()

    def _next(self) -> Work | None:
        with self._lock:
            self._last_free = time.monotonic()
            if self._waiting:
                return self._waiting.popleft()
            self._free += 1
            return None

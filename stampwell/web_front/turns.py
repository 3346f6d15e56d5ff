"""How many requests are computed at a time, and how many may wait for their turn."""

from collections import deque
from collections.abc import Callable
from threading import Lock

type Work = Callable[[], None]


class Turns:
    """There is one thread more than turns: it takes in what comes while all turns are taken."""

    def __init__(self, turns: int, *, most_waiting: int) -> None:
        self._free, self._most = turns, most_waiting
        self._waiting: deque[Work] = deque()
        self._lock = Lock()

    def take(self, work: Work) -> bool:
        """Does the work in this thread, or leaves it to a thread that has a turn. False if too many wait already."""
        with self._lock:
            if not self._free:
                if len(self._waiting) >= self._most:
                    return False
                self._waiting.append(work)
                return True
            self._free -= 1
        following: Work | None = work
        while following is not None:
            try:
                following()
            finally:
                following = self._next()
        return True

    def _next(self) -> Work | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._free += 1
            return None

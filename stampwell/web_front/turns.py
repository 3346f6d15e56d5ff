"""How many requests are computed at a time, and how many may wait for their turn: of all, and of one visitor."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

STANDS_BACK = 0.02  # seconds
FLOWS = 0.05  # seconds since a turn came free: others will, without anybody's help

SHARES = 4  # of those who may wait, a visitor has one when places become few

type Work = Callable[[], None]


class Turns:
    """There is one thread more than turns: it takes in what comes while all turns are taken.

    Visitors take their turns one after the other, whoever has asked for how much: a flood from one address holds up the
    others by one request each. When half of the places are taken, nobody gets more than a share of them.

    As long as turns come free, it stands back after each piece. It would only wrest the interpreter from the others,
    and whoever has finished takes in the next request as well.
    """

    def __init__(self, turns: int, *, most_waiting: int) -> None:
        self._free, self._most, self._share = turns, most_waiting, most_waiting // SHARES
        self._waiting: OrderedDict[str, deque[Work]] = OrderedDict()  # by visitor; the first is the next
        self._count = 0
        self._last_free = 0.0
        self._lock = Lock()

    def take(self, work: Work, visitor: Callable[[], str]) -> bool:
        """Does the work in this thread, or leaves it to a thread that has a turn. False if too many wait already.

        Who the visitor is, is asked only where it matters.
        """
        has_turn = self._begin()
        if not has_turn:
            who = visitor()
            with self._lock:
                has_turn = self._free > 0  # it may have come free meanwhile, and nobody would look again
                if has_turn:
                    self._free -= 1
                elif self._may_wait(who):
                    self._waiting.setdefault(who, deque()).append(work)
                    self._count += 1
                else:
                    return False
        if has_turn:
            self._work(work)
        elif time.monotonic() - self._last_free < FLOWS:
            time.sleep(STANDS_BACK)
        return True

    def _begin(self) -> bool:
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            return True

    def _may_wait(self, who: str) -> bool:
        if self._count >= self._most:
            return False
        return self._count < self._most // 2 or len(self._waiting.get(who, ())) < self._share

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
            if not self._waiting:
                self._free += 1
                return None
            who, works = next(iter(self._waiting.items()))
            following = works.popleft()
            self._count -= 1
            if works:
                self._waiting.move_to_end(who)
            else:
                del self._waiting[who]
            return following

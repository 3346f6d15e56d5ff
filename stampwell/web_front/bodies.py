"""Awaits the bodies of requests: not too large, not too slow, not too many at once, and whole.

No thread waits. granian calls back whenever something has come, in whichever of its threads is free, and a thread of
our own looks once a second for bodies that are overdue.
"""

import logging
import threading
import time
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path

from stampwell.web_front.asked import Asked, Coming, bytes_of
from stampwell.web_front.callbacks import Callback
from stampwell.web_front.held import Held, Share, Whole

PATIENCE, RATE = 10.0, 20_000  # a body has ten seconds, and one more for every 20 kB that have come
SILENCE = 30.0  # seconds that a sender has at most from now on, however much has come
OF_AN_ADDRESS = 64  # bodies of one address that may be on their way at a time
BUDGET = 64 << 20  # bytes of all bodies of this process that are on their way or wait for their turn, in memory
MEMORY_OF_AN_ADDRESS = BUDGET // 2  # bytes of those that are on their way
ON_DISK = 512 << 20  # bytes of those that are too large for that
DISK_OF_AN_ADDRESS = 258 << 20  # two of the largest
SMALL = 16 * 1024  # bytes that are awaited in one go
PIECES = 1_000  # each costs time; a body may come in so many, and one more for every 512 bytes
DRAINED = 32 << 20  # bytes that are thrown away after a refusal; cut off at once, many a sender would not read it
DRAINING = 20.0  # seconds more than its patience that this may take
LOOK = 1.0  # seconds

log = logging.getLogger(__name__)


class Reason(Enum):
    """Why a request is turned away before the application has seen it."""

    CUT_OFF = "cut off"
    TOO_LARGE = "too large"
    NOT_WANTED = "not wanted"
    TOO_SLOW = "too slow"
    BUSY = "busy"


class Body:
    """A body on its way, until it is `claimed`: taken or refused.

    Where a `reason` to refuse it is known, what still comes is thrown away as long as it flows: a sender that is cut
    off in the middle would not read the answer.
    """

    __slots__ = (
        "address", "asked", "claimed", "coming", "due", "empty", "held", "in_memory", "length", "longest", "on_disk",
        "reason", "seen", "share", "size", "start",
    )  # fmt: skip

    def __init__(self, asked: Asked, address: str, folder: Path, *, length: int | None, longest: int) -> None:
        self.asked, self.address, self.length, self.longest = asked, address, length, longest
        self.start = self.seen = time.monotonic()
        self.due = self.start + PATIENCE
        self.size, self.empty, self.claimed = 0, 0, False
        self.held, self.in_memory, self.on_disk = Held(folder), 0, 0
        self.share = Share()
        self.coming: Coming | None = None
        self.reason: Reason | None = None

    def is_overdue(self, now: float) -> bool:
        if self.reason:
            return now > min(self.seen + LOOK, self.start + PATIENCE + DRAINING)
        return now > self.due

    def note(self, size: int, now: float) -> None:
        """So many bytes have come. Time is not saved up for later: who sends much may not hold it for an hour."""
        self.seen = now
        self.size += size
        self.due = min(self.due + size / RATE, now + SILENCE)

    def is_cut_off(self) -> bool:
        """granian ends each body with one empty piece. Where a connection breaks there is another, in its stead."""
        return self.empty > 1 if self.length is None else self.size != self.length


class Bodies:
    def __init__(
        self, take: Callable[[Asked, Whole], None], refuse: Callable[[Asked, Reason], None], *, folder: Path
    ) -> None:
        """Large bodies lie in `folder` while they come."""
        self._take, self._refuse, self._folder = take, refuse, folder
        self._in_memory = self._on_disk = 0
        self._shares: dict[str, Share] = {}
        self._open: set[Body] = set()
        self._lock = threading.Lock()
        self._some = threading.Event()
        threading.Thread(target=self._watch, name="bodies", daemon=True).start()

    def expect(self, asked: Asked, address: str, *, length: int | None, longest: int) -> None:
        """Takes the whole body as soon as it is here, or refuses. A body that was taken counts until `forget`."""
        body = Body(asked, address, self._folder, length=length, longest=longest)
        if not self._open_up(body):
            self._refuse(asked, Reason.BUSY)
        elif length is not None and length <= min(SMALL, longest):
            coming = body.coming = asked.proto()
            coming.add_done_callback(partial(self._all_came, body))
        else:
            if length is not None and length > longest:
                body.reason = Reason.TOO_LARGE if longest else Reason.NOT_WANTED
            if length is not None and body.reason and (length > DRAINED or "expect" in asked.scope.headers):
                self._end(body)  # who asks whether to send at all, or would send for long, hears it now
                return
            asked.proto.__aiter__()
            self._ask_on(body)

    def forget(self, whole: Whole) -> None:
        """It was answered."""
        if isinstance(whole, bytes):
            with self._lock:
                self._in_memory -= len(whole)
            return
        whole.file.close()
        with self._lock:
            self._on_disk -= len(whole)

    def end(self) -> None:
        """The server stops: who is still sending may send again to whoever comes after."""
        with self._lock:
            unfinished = [*self._open]
        for body in unfinished:
            self._give_up(body, Reason.BUSY)

    def _open_up(self, body: Body) -> bool:
        """False if there are too many already."""
        with self._lock:
            share = self._shares.get(body.address, body.share)
            if share.bodies >= OF_AN_ADDRESS or self._in_memory > BUDGET:
                return False
            share.bodies += 1
            body.share = self._shares[body.address] = share
            self._open.add(body)
        if not self._some.is_set():
            self._some.set()
        return True

    def _claim(self, body: Body) -> bool:
        """Whether this is the one place that takes or refuses the body.

        Nothing may hold it from here on: granian ends the connection when the last one has let go of it.
        """
        with self._lock:
            if body.claimed:
                return False
            body.claimed, body.coming = True, None
            self._open.discard(body)
            share = body.share
            share.bodies -= 1
            share.in_memory -= body.in_memory
            share.on_disk -= body.on_disk
            if not share.bodies:
                del self._shares[body.address]
        return True

    def _all_came(self, body: Body, coming: Coming) -> None:
        try:
            whole = bytes_of(coming)
        except Exception:  # the connection is gone, or nobody waits any more
            whole = b""
        if self._count(body, whole):
            body.held.keep(whole)
            self._end(body)

    def _ask_on(self, body: Body) -> None:
        """Asks for one piece after the other for as long as they are here already."""
        while True:
            try:
                coming = body.asked.proto.__anext__()
            except StopAsyncIteration:
                self._end(body)
                return
            if not self._note(body, coming):
                coming.cancel()
                return
            callback = Callback(self._came, body)
            coming.add_done_callback(callback)
            if not callback.was_here() or not self._keep(body, coming):
                return

    def _note(self, body: Body, coming: Coming) -> bool:
        with self._lock:
            if not body.claimed:
                body.coming = coming
            return not body.claimed

    def _came(self, body: Body, coming: Coming) -> None:
        if self._keep(body, coming):
            self._ask_on(body)

    def _keep(self, body: Body, coming: Coming) -> bool:
        """Whether to ask for more."""
        try:
            piece = bytes_of(coming)
        except Exception:  # the connection is gone, or nobody waits any more
            self._end(body)
            return False
        if not self._count(body, piece):
            return False
        if body.reason:
            if body.size > DRAINED:
                self._end(body)
            return not body.claimed
        reason = self._put_away(body, piece)
        if not reason and body.size == body.length:
            self._end(body)
            return False
        if reason := reason or self._why_no_more(body):
            self._let_go(body)
            body.reason = reason
        return True

    def _put_away(self, body: Body, piece: bytes) -> Reason | None:
        try:
            if not body.held.keep(piece):
                return None
        except OSError:
            log.exception("A body cannot be kept on the disk")
            return Reason.BUSY
        except ValueError:  # it was given up meanwhile
            return Reason.TOO_SLOW
        with self._lock:
            moved = 0 if body.claimed else body.in_memory
            self._take_up(body, in_memory=-moved, on_disk=moved)
        return None

    def _let_go(self, body: Body) -> None:
        """Keeps nothing of it, and counts it no more."""
        with self._lock:
            self._take_up(body, in_memory=-body.in_memory, on_disk=-body.on_disk)
        body.held.drop()

    def _take_up(self, body: Body, *, in_memory: int = 0, on_disk: int = 0) -> None:
        """Whoever calls it has the lock."""
        body.in_memory += in_memory
        body.on_disk += on_disk
        self._in_memory += in_memory
        self._on_disk += on_disk
        if not body.claimed:
            body.share.in_memory += in_memory
            body.share.on_disk += on_disk

    def _count(self, body: Body, piece: bytes) -> bool:
        with self._lock:
            if body.claimed:
                return False
            body.note(len(piece), time.monotonic())
            body.empty += not piece
            if not body.reason:
                self._take_up(body, in_memory=len(piece))
            return True

    def _why_no_more(self, body: Body) -> Reason | None:
        if body.size > body.longest or body.held.count > PIECES + body.size // 512:
            return Reason.TOO_LARGE if body.longest else Reason.NOT_WANTED
        return None if self._has_room_for(body) else Reason.BUSY

    def _has_room_for(self, body: Body) -> bool:
        """A full disk is no reason to turn away what lies in memory."""
        if body.on_disk:
            return self._on_disk <= ON_DISK and body.share.on_disk <= DISK_OF_AN_ADDRESS
        return self._in_memory <= BUDGET and body.share.in_memory <= MEMORY_OF_AN_ADDRESS

    def _end(self, body: Body) -> None:
        if body.reason:
            self._turn_away(body, body.reason)
        elif body.is_cut_off():
            self._turn_away(body, Reason.CUT_OFF)
        elif self._claim(body):
            self._take(body.asked, body.held.whole())

    def _turn_away(self, body: Body, reason: Reason) -> None:
        if self._claim(body):
            self._let_go(body)
            self._refuse(body.asked, reason)

    def _watch(self) -> None:
        while self._some.wait():
            time.sleep(LOOK)
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        with self._lock:
            overdue = [body for body in self._open if body.is_overdue(now)]
            if not self._open:
                self._some.clear()
        for body in overdue:
            self._give_up(body, Reason.TOO_SLOW)

    def _give_up(self, body: Body, reason: Reason) -> None:
        coming = body.coming
        self._turn_away(body, body.reason or reason)
        if coming:
            coming.cancel()

"""No shop and no node that hangs takes all the threads of a web process.

Whoever asks the database about a shop goes through `passage`. A thread of its own looks after those inside: where half
of the threads have been at the same shop for longer than anybody should, no other is let in there, and those beyond
the half are cut off. Both get what a lost connection gets, "unavailable", and may send the same request again.
Afterwards half of the threads may be there at once, until some have come back as quickly as they should.

With a distributed database the same holds for its nodes: many shops lie on each. Nothing is watched until a process is
armed, which only the web server's are.
"""

import logging
import os
import socket
import threading
import time
from collections import defaultdict
from types import TracebackType
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from stampwell.transactions.nodes import forget_nodes, node_of

PATIENCE = 2.0  # seconds; a statement that writes takes milliseconds, one that waits for a lock gives up after five
LOOKS = 4  # within the patience; a thread that comes back between two looks was quick
TRUSTED = 8  # after so many quick threads a place that hung is like any other again
REMEMBERED = 200  # looks: about two minutes

log = logging.getLogger(__name__)


class Crowded(psycopg.OperationalError):
    """Half of this process's threads already wait for this shop's, or this node's, statements to end."""


class _Own(threading.local):
    """What belongs to one thread and is looked after by another: its connection."""

    def __init__(self) -> None:
        self.wrapper = connections["default"]


_own = _Own()


class _Inside:
    """A thread that asks the database about a shop."""

    __slots__ = ("places", "since", "wrapper")

    def __init__(self, places: tuple[UUID | str, ...]) -> None:
        self.places, self.since, self.wrapper = places, time.monotonic(), _own.wrapper


class Bulkhead:
    def __init__(self, threads: int, patience: float) -> None:
        self.most, self.patience = max(1, threads // 2), patience
        self._inside: dict[int, _Inside] = {}
        self._closed: frozenset[UUID | str] = frozenset()  # shops and nodes that nobody else is let into
        self._suspect: dict[UUID | str, int] = {}  # those that were closed, and how many have yet to be quick there
        self._change = threading.Lock()  # so that no thread is cut off after it has left
        self.ended = threading.Event()

    def enter(self, merchant_id: UUID) -> bool:
        """Whether this is the outermost passage of the thread, which leaves again. Raises Crowded."""
        me = threading.get_ident()
        if me in self._inside:
            return False
        node = node_of(merchant_id)
        places = (merchant_id, node) if node else (merchant_id,)
        if self._suspect and any(self._is_full(place) for place in places):
            raise Crowded("too many threads wait for this shop's part of the database")
        self._inside[me] = _Inside(places)
        return True

    def leave(self) -> None:
        with self._change:
            inside = self._inside.pop(threading.get_ident())
        if self._suspect and time.monotonic() - inside.since < self.patience / LOOKS:
            for place in inside.places:
                self._trust(place)

    def _is_full(self, place: UUID | str) -> bool:
        if place in self._closed:
            return True
        return place in self._suspect and sum(place in one.places for one in [*self._inside.values()]) >= self.most

    def _trust(self, place: UUID | str) -> None:
        left = self._suspect.get(place, 0) - 1
        if left > 0:
            self._suspect[place] = left
        elif place not in self._closed:
            self._suspect.pop(place, None)

    def watch(self) -> None:
        """Looks until `ended` is set. It asks the database nothing, because that may be what hangs."""
        looks = 0
        while not self.ended.wait(self.patience / LOOKS):
            self.look()
            looks += 1
            if looks % REMEMBERED == 0:
                forget_nodes()

    def look(self) -> None:
        crowds = self._crowds()
        closed = frozenset(place for place, crowd in crowds.items() if len(crowd) >= self.most)
        if closed - self._closed:
            log.error("Half of the threads wait for %s: others are refused until it answers", set(closed))
        self._suspect |= dict.fromkeys(closed, TRUSTED)
        self._closed = closed
        for me in {me for crowd in crowds.values() for me in crowd[self.most :]}:
            self._cut(me)

    def _crowds(self) -> dict[UUID | str, list[int]]:
        """Who has been inside for too long, the longest first, by shop and by node."""
        before = time.monotonic() - self.patience
        stuck = [(inside.since, me, inside.places) for me, inside in [*self._inside.items()] if inside.since < before]
        crowds: dict[UUID | str, list[int]] = defaultdict(list)
        for _since, me, places in sorted(stuck, key=lambda each: each[0]):
            for place in places:
                crowds[place].append(me)
        return crowds

    def _cut(self, me: int) -> None:
        with self._change:
            inside = self._inside.get(me)
            raw = inside.wrapper.connection if inside else None
            if raw is None or raw.closed:
                return
            cut_off(raw)


def cut_off(raw: "psycopg.Connection[Any]") -> None:
    """By a copy, which closes nothing: the thread that uses the connection finds it ended, and closes it."""
    if not raw.closed:
        with socket.socket(fileno=os.dup(raw.fileno())) as link:
            link.shutdown(socket.SHUT_RDWR)


_armed: Bulkhead | None = None


class passage:
    """Stands around code that asks the database about a shop; an inner passage is part of the outer. Raises Crowded."""

    __slots__ = ("_left", "_merchant_id")

    def __init__(self, merchant_id: UUID) -> None:
        self._merchant_id = merchant_id
        self._left: Bulkhead | None = None

    def __enter__(self) -> None:
        if _armed is not None and _armed.enter(self._merchant_id):
            self._left = _armed

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._left is not None:
            self._left.leave()


def arm(threads: int, patience: float = PATIENCE) -> Bulkhead:
    """Begins to watch this process, in which so many threads answer requests."""
    global _armed
    disarm()
    _armed = Bulkhead(threads, patience)
    threading.Thread(target=_armed.watch, name="bulkhead", daemon=True).start()
    return _armed


def disarm() -> None:
    global _armed
    if _armed is not None:
        _armed.ended.set()
    _armed = None

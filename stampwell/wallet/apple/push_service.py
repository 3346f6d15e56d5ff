"""Apple's push service: one HTTP/2 connection, as many pushes at a time as it allows.

Every push gets an answer, also when the connection is lost: what was on its way is sent once more on a new
connection, since a phone that is told twice only asks twice.
"""

import time
from collections import deque
from collections.abc import Sequence

from h2.exceptions import H2Error
from hpack import NeverIndexedHeaderTuple

from stampwell.clock import now
from stampwell.wallet.apple.credentials import Credentials
from stampwell.wallet.apple.push_link import TRIES, Answer, Flight, Header, Link, Lost, Push

MOST_FRUITLESS = 3  # connections one after the other on which no push is answered
PATIENCE = 15.0  # seconds before a service that could not be reached is tried again
MONTH = 30 * 86_400


class PushService:
    """Keeps its connection from one call to the next. Not for several threads at once."""

    def __init__(self, host: str, port: int, credentials: Credentials) -> None:
        self.host, self.port, self.credentials = host, port, credentials
        self._link: Link | None = None
        self._closed_until = 0.0
        self._fruitless = 0  # connections made since the last answer
        self.gone_in_a_row = 0  # tokens that it called wrong since it last took a push

    def send(self, pushes: Sequence[Push]) -> list[Answer]:
        """An answer for each push, in the order in which they came."""
        waiting = deque(Flight(push, 0) for push in pushes)
        answers: list[Answer] = []
        while waiting or (self._link and self._link.flying):
            try:
                answers += self._turn(waiting)
            except (Lost, OSError, H2Error) as lost:
                answers += self._lose(waiting, str(lost) or type(lost).__name__)
        return answers

    def close(self) -> None:
        if self._link:
            self._link.close()
        self._link = None

    def _turn(self, waiting: deque[Flight]) -> list[Answer]:
        """Sends what may be sent, then takes what has come."""
        link = self._link or self._connect()
        link.fill(waiting, self._headers)
        answers = link.take(waiting)
        if answers:
            self._fruitless = 0
        if link.is_leaving and not link.flying:
            self.close()
        return answers

    def _connect(self) -> "Link":
        if time.monotonic() < self._closed_until:
            raise Lost("no connection a moment ago")
        try:
            if self._fruitless >= MOST_FRUITLESS:
                raise Lost("no answer on any")
            self._link = Link(self.host, self.port, self.credentials.context)
        except (Lost, OSError, H2Error) as problem:
            # Each try may take its time, and the worker has other work.
            self._closed_until, self._fruitless = time.monotonic() + PATIENCE, 0
            raise Lost(f"no connection: {problem}") from problem
        self._fruitless += 1
        return self._link

    def _lose(self, waiting: deque[Flight], why: str) -> list[Answer]:
        """Sends once more what was on its way. If no connection can be made at all, every push gets that answer."""
        link, self._link = self._link, None
        if link is None:
            lost = list(waiting)
            waiting.clear()
        else:
            link.close()
            flights = list(link.flying.values())
            lost = [flight for flight in flights if flight.tries >= TRIES]
            waiting.extendleft(flight for flight in reversed(flights) if flight.tries < TRIES)
        return [Answer(flight.push, 0, why[:50]) for flight in lost]

    def _headers(self, push: Push) -> list[Header]:
        day = int(now().timestamp()) // 86_400 * 86_400
        return [
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", self.host),
            # Not kept in the connection's table: no other push has it.
            NeverIndexedHeaderTuple(":path", f"/3/device/{push.token}"),
            ("apns-topic", push.topic),
            ("apns-push-type", "background"),
            ("apns-priority", "5"),
            # A phone that is off for a weekend is told when it comes back.
            ("apns-expiration", str(day + MONTH)),
            *(NeverIndexedHeaderTuple(*header) for header in self.credentials.headers()),
        ]

"""Apple's push service: one HTTP/2 connection, as many pushes at a time as it allows.

Every push gets an answer, also when the connection is lost: what was on its way is sent once more on a new
connection, since a phone that is told twice only asks twice.
"""

import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error
from hpack import NeverIndexedHeaderTuple

from stampwell.clock import now
from stampwell.wallet.apple.credentials import Credentials

PAYLOAD = b"{}"  # anything more, and phones have been seen to stop updating
MOST_AT_ONCE = 1000
PORTION = 50  # pushes that go out together: the service is at work on them while the next ones are written
TRIES = 2
SILENCE = 10.0  # seconds without a byte after which a connection is given up
PATIENCE = 15.0  # seconds before a service that could not be reached is tried again
MONTH = 30 * 86_400

# Ours are in order as they stand, and looking at each of them again is a tenth of the work of a push.
HEADERS_AS_GIVEN = H2Configuration(client_side=True, validate_outbound_headers=False, normalize_outbound_headers=False)

type Header = tuple[str, str] | NeverIndexedHeaderTuple
type Headers = Callable[["Push"], list[Header]]


class Push(msgspec.Struct, frozen=True):
    """Tells one phone to ask for its passes of one type."""

    registration_id: UUID
    token: str
    topic: str


class Answer(msgspec.Struct, frozen=True):
    """`status` 0: none came. `since` is from when on Apple knows that the phone no longer listens.

    `is_doubted`: Apple calls every phone's token wrong, so it is rather our certificate or host.
    """

    push: Push
    status: int
    reason: str = ""
    since: datetime | None = None
    is_doubted: bool = False


class _Reason(msgspec.Struct):
    reason: str = ""
    timestamp: int | None = None  # milliseconds


class _Flight(msgspec.Struct):
    push: Push
    tries: int
    status: int = 0
    body: bytes = b""


class _Lost(Exception):
    """The connection is gone, or nothing can be sent on it any more."""


class PushService:
    """Keeps its connection from one call to the next. Not for several threads at once."""

    def __init__(self, host: str, port: int, credentials: Credentials) -> None:
        self.host, self.port, self.credentials = host, port, credentials
        self._link: _Link | None = None
        self._closed_until = 0.0
        self.gone_in_a_row = 0  # tokens that it called wrong since it last took a push

    def send(self, pushes: Sequence[Push]) -> list[Answer]:
        """An answer for each push, in the order in which they came."""
        waiting = deque(_Flight(push, 0) for push in pushes)
        answers: list[Answer] = []
        while waiting or (self._link and self._link.flying):
            try:
                answers += self._turn(waiting)
            except (_Lost, OSError, H2Error) as lost:
                answers += self._lose(waiting, str(lost) or type(lost).__name__)
        return answers

    def close(self) -> None:
        if self._link:
            self._link.close()
        self._link = None

    def _turn(self, waiting: deque[_Flight]) -> list[Answer]:
        """Sends what may be sent, then takes what has come."""
        link = self._link or self._connect()
        link.fill(waiting, self._headers)
        answers = link.take(waiting)
        if link.is_leaving and not link.flying:
            self.close()
        return answers

    def _connect(self) -> "_Link":
        if time.monotonic() < self._closed_until:
            raise _Lost("no connection a moment ago")
        try:
            self._link = _Link(self.host, self.port, self.credentials.context)
        except (_Lost, OSError, H2Error) as problem:
            # Each try may take its time, and the worker has other work.
            self._closed_until = time.monotonic() + PATIENCE
            raise _Lost(f"no connection: {problem}") from problem
        return self._link

    def _lose(self, waiting: deque[_Flight], why: str) -> list[Answer]:
        """Those on their way go once more; where no connection can be had at all, everybody is answered so."""
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


class _Connection(H2Connection):
    """h2, but for two things that it does not do well for a client with a thousand pushes on their way."""

    @property
    def open_outbound_streams(self) -> int:
        """h2 would walk over all streams for each one that it opens; `_Link` knows how many are flying."""
        return 0

    def forget_closed_streams(self) -> int:
        """Which h2 does as it counts those that are open."""
        return super().open_outbound_streams

    # After a GOAWAY the answers to what was sent before it still come; h2 would refuse to read them.
    def _receive_goaway_frame(self, frame):  # type: ignore[no-untyped-def]
        event = ConnectionTerminated()
        event.error_code, event.last_stream_id = ErrorCodes.NO_ERROR, frame.last_stream_id
        event.additional_data = frame.additional_data or None
        return [], [event]


class _Link:
    """One connection and what is on its way."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self.stream = _open(host, port, context)
        self.http = _Connection(HEADERS_AS_GIVEN)
        self.flying: dict[int, _Flight] = {}
        self.is_leaving = self.is_ready = self.is_deaf = False
        try:
            self._greet()
        except BaseException:
            self.stream.close()
            raise

    def _greet(self) -> None:
        """How many pushes it takes at a time is the first thing that the service says."""
        self.http.initiate_connection()
        self._flush()
        while not self.is_ready:
            self._read(deque())

    def fill(self, waiting: deque[_Flight], headers: Headers) -> None:
        most = min(self.http.remote_settings.max_concurrent_streams, MOST_AT_ONCE)
        if waiting:
            self.http.forget_closed_streams()
        while waiting and not self.is_leaving and len(self.flying) < most:
            if self.http.outbound_flow_control_window < len(PAYLOAD):
                break
            flight = waiting.popleft()
            number = self.http.get_next_available_stream_id()
            flight.tries, flight.status, flight.body = flight.tries + 1, 0, b""
            self.flying[number] = flight
            self.http.send_headers(number, headers(flight.push))
            self.http.send_data(number, PAYLOAD, end_stream=True)
            if len(self.flying) % PORTION == 0:
                self._flush()
        self._flush()

    def take(self, waiting: deque[_Flight]) -> list[Answer]:
        if self.is_leaving and not self.flying:
            return []
        return self._read(waiting)

    def close(self) -> None:
        self.stream.close()

    def _read(self, waiting: deque[_Flight]) -> list[Answer]:
        data = self.stream.recv(65_536)
        if not data:
            raise _Lost("closed by the push service")
        answers = [answer for event in self.http.receive_data(data) if (answer := self._hear(event, waiting))]
        self._flush()
        return answers

    def _flush(self) -> None:
        """A service that listens no more may have said before how far it has looked: that is still read."""
        data = self.http.data_to_send()
        if not data or self.is_deaf:
            return
        try:
            self.stream.sendall(data)
        except OSError:
            self.is_leaving = self.is_deaf = True

    def _hear(self, event: Event, waiting: deque[_Flight]) -> Answer | None:
        match event:
            case RemoteSettingsChanged():
                self.is_ready = True
            case ResponseReceived():
                self.flying[event.stream_id].status = int(dict(event.headers)[b":status"])
            case DataReceived():
                self.flying[event.stream_id].body += event.data
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                return _answer(self.flying.pop(event.stream_id))
            case StreamReset():
                return self._reset(event, waiting)
            case ConnectionTerminated():
                self._leave(event.last_stream_id or 0, waiting)
        return None

    def _reset(self, event: StreamReset, waiting: deque[_Flight]) -> Answer | None:
        flight = self.flying.pop(event.stream_id)
        if event.error_code == ErrorCodes.REFUSED_STREAM and flight.tries < TRIES:
            waiting.append(flight)  # it was not looked at
            return None
        return Answer(flight.push, 0, "stream reset")

    def _leave(self, last: int, waiting: deque[_Flight]) -> None:
        """The service wants no more on this connection; what came after `last` it has not looked at."""
        self.is_leaving = True
        for number in sorted((number for number in self.flying if number > last), reverse=True):
            flight = self.flying.pop(number)
            flight.tries -= 1
            waiting.appendleft(flight)


def _open(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection((host, port), timeout=SILENCE)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _answer(flight: _Flight) -> Answer:
    said = _Reason()
    if flight.body:
        try:
            said = msgspec.json.decode(flight.body, type=_Reason)
        except msgspec.MsgspecError:
            said = _Reason("unreadable")
    since = datetime.fromtimestamp(said.timestamp / 1000, UTC) if said.timestamp else None
    return Answer(flight.push, flight.status, said.reason, since)

"""One HTTP/2 connection to Apple's push service, and what is on its way on it."""

import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
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
from hpack import NeverIndexedHeaderTuple

PAYLOAD = b"{}"  # anything more, and phones have been seen to stop updating
MOST_AT_ONCE = 1000
PORTION = 50  # pushes that go out together: the service is at work on them while the next ones are written
TRIES = 2
SILENCE = 10.0  # seconds without an answer after which a connection is given up

# We write our headers correctly, and h2 would spend a tenth of the work of a push on checking them.
HEADERS_AS_GIVEN = H2Configuration(client_side=True, validate_outbound_headers=False, normalize_outbound_headers=False)

type Header = tuple[str, str] | NeverIndexedHeaderTuple
type Headers = Callable[["Push"], list[Header]]


class Push(msgspec.Struct, frozen=True):
    """Tells one phone to ask for its passes of one type."""

    registration_id: UUID
    token: str
    topic: str


class Answer(msgspec.Struct, frozen=True):
    """`status` is 0 if no answer came. `since` is the moment from which Apple knows that the phone no longer listens.

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


class Flight(msgspec.Struct):
    """A push on its way, and what has come of its answer."""

    push: Push
    tries: int
    status: int = 0
    body: bytes = b""


class Lost(Exception):
    """The connection is gone, or nothing can be sent on it any more."""


class _Connection(H2Connection):
    """h2, but for two things that it does not do well for a client with a thousand pushes on their way."""

    @property
    def open_outbound_streams(self) -> int:
        """h2 would walk over all streams for each one that it opens; `Link` knows how many are flying."""
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


class Link:
    """One connection and what is on its way."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self.stream = _open(host, port, context)
        self.http = _Connection(HEADERS_AS_GIVEN)
        self.flying: dict[int, Flight] = {}
        self.is_leaving = self.is_ready = self.is_deaf = False
        self.heard = time.monotonic()  # when the last answer came, or the first push went
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

    def fill(self, waiting: deque[Flight], headers: Headers) -> None:
        most = min(self.http.remote_settings.max_concurrent_streams, MOST_AT_ONCE)
        if waiting:
            self.http.forget_closed_streams()
        while waiting and not self.is_leaving and len(self.flying) < most:
            if self.http.outbound_flow_control_window < len(PAYLOAD):
                break
            if not self.flying:
                self.heard = time.monotonic()
            flight = waiting.popleft()
            number = self.http.get_next_available_stream_id()
            flight.tries, flight.status, flight.body = flight.tries + 1, 0, b""
            self.flying[number] = flight
            self.http.send_headers(number, headers(flight.push))
            self.http.send_data(number, PAYLOAD, end_stream=True)
            if len(self.flying) % PORTION == 0:
                self._flush()
        self._flush()

    def take(self, waiting: deque[Flight]) -> list[Answer]:
        if self.is_leaving and not self.flying:
            return []
        return self._read(waiting)

    def close(self) -> None:
        self.stream.close()

    def _read(self, waiting: deque[Flight]) -> list[Answer]:
        data = self.stream.recv(65_536)
        if not data:
            raise Lost("closed by the push service")
        answers = [answer for event in self.http.receive_data(data) if (answer := self._hear(event, waiting))]
        self._flush()
        if answers:
            self.heard = time.monotonic()
        elif time.monotonic() > self.heard + SILENCE:
            raise Lost("no answer in time")
        return answers

    def _flush(self) -> None:
        """If the service no longer takes what we send, we still read what it said before: how far it has looked."""
        data = self.http.data_to_send()
        if not data or self.is_deaf:
            return
        try:
            self.stream.sendall(data)
        except OSError:
            self.is_leaving = self.is_deaf = True

    def _hear(self, event: Event, waiting: deque[Flight]) -> Answer | None:
        match event:
            case RemoteSettingsChanged():
                self.is_ready = True
            case ConnectionTerminated():
                self._leave(event.last_stream_id or 0, waiting)
            case ResponseReceived() | DataReceived() | StreamEnded() | StreamReset():
                # One that was given back after a GOAWAY is answered on another connection.
                if flight := self.flying.get(event.stream_id):
                    return self._hear_about(flight, event, waiting)
        return None

    def _hear_about(
        self,
        flight: Flight,
        event: ResponseReceived | DataReceived | StreamEnded | StreamReset,
        waiting: deque[Flight],
    ) -> Answer | None:
        match event:
            case ResponseReceived():
                flight.status = int(dict(event.headers)[b":status"])
            case DataReceived():
                flight.body += event.data
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                del self.flying[event.stream_id]
                return _answer(flight)
            case StreamReset():
                del self.flying[event.stream_id]
                if event.error_code != ErrorCodes.REFUSED_STREAM or flight.tries >= TRIES:
                    return Answer(flight.push, 0, "stream reset")
                waiting.append(flight)  # it was not looked at
        return None

    def _leave(self, last: int, waiting: deque[Flight]) -> None:
        """The service takes no more on this connection, and has not looked at what came after `last`."""
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


def _answer(flight: Flight) -> Answer:
    said = _Reason()
    if flight.body:
        try:
            said = msgspec.json.decode(flight.body, type=_Reason)
        except msgspec.MsgspecError:
            said = _Reason("unreadable")
    return Answer(flight.push, flight.status, said.reason, _moment(said.timestamp))


def _moment(milliseconds: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None  # no date that there is

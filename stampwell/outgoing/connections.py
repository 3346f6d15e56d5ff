"""Connections: one exchange at a time on each, and a rest until the next one.

A connection is never shared by two threads at once: httpcore's HTTP/2 mixes up the answers then. Each waits for one
answer only, and the latest to rest is the first to be used.
"""

import threading
import time
from collections.abc import Iterable, Mapping

import h2.exceptions
import httpcore

from stampwell.outgoing.client import Answer
from stampwell.outgoing.destinations import Destination
from stampwell.outgoing.problems import Broken, OutgoingProblem, TookTooLong, TooLarge
from stampwell.outgoing.trust import trust
from stampwell.outgoing.wire import Wire, why_not_reached

LONGEST_REST = 60.0  # seconds after which a connection is not used again
MOST_RESTING = 64
AGENT = "Stampwell"

# All that is not a time-out. The last two are what a server that talks nonsense can make of the machinery.
_BROKEN = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    h2.exceptions.H2Error,
    ValueError,
    KeyError,
)

_resting: list["Connection"] = []  # the latest is the last
_lock = threading.Lock()


class Connection:
    """To one destination, over HTTP/2 where it is offered."""

    def __init__(self, destination: Destination) -> None:
        self.destination = destination
        self.wire = Wire(destination.addresses)
        self.rests_since = 0.0
        self._http = httpcore.HTTPConnection(
            httpcore.Origin(destination.scheme.encode(), destination.host.encode(), destination.port),
            ssl_context=trust(destination.ca) if destination.scheme == "https" else None,
            keepalive_expiry=LONGEST_REST,
            http2=True,
            network_backend=self.wire,
        )

    def leads_to(self, destination: Destination) -> bool:
        """Whether this one may be used for it: the same host, and a machine that is still one of its own."""
        here = self.destination
        same = (here.scheme, here.host, here.port, here.ca) == (
            destination.scheme,
            destination.host,
            destination.port,
            destination.ca,
        )
        return same and (destination.addresses is None or self.wire.address in destination.addresses)

    def is_usable(self) -> bool:
        """Whether it has rested for less than LONGEST_REST and the other side has not closed it, as far as one sees."""
        return not self._http.is_closed() and not self._http.has_expired()

    def exchange(self, request: httpcore.Request, *, ends: float, most_bytes: int) -> Answer:
        """One request and its whole answer; the connection is of no more use when that fails."""
        self.wire.ends, status = ends, 0
        try:
            response = self._http.handle_request(request)
            status = response.status
            answer = _read(response, most_bytes)
            response.close()
        except httpcore.TimeoutException:
            self.close()
            raise TookTooLong(status) from None
        except httpcore.ConnectError as problem:
            self.close()
            raise why_not_reached(problem) from None
        except _BROKEN:
            self.close()
            raise Broken("the connection broke") from None
        except BaseException:
            self.close()
            raise
        return answer

    def close(self) -> None:
        self._http.close()
        self.wire.close()


def exchange(
    destination: Destination, method: str, *, content: bytes, headers: Mapping[str, str], ends: float, most_bytes: int
) -> Answer:
    request = _request(destination, method, content, headers)
    connection = _take(destination)
    if connection is not None:
        try:
            return _exchange(connection, request, ends, most_bytes)
        except Broken:
            # A server may end a resting connection at any time. The request is sent again at once over a new one, so
            # that its caller need not wait for another try.
            pass
    return _exchange(Connection(destination), request, ends, most_bytes)


def close_all() -> None:
    with _lock:
        closing, _resting[:] = list(_resting), []
    for connection in closing:
        connection.close()
    trust.cache_clear()


def _exchange(connection: Connection, request: httpcore.Request, ends: float, most_bytes: int) -> Answer:
    answer = connection.exchange(request, ends=ends, most_bytes=most_bytes)
    connection.rests_since = time.monotonic()
    with _lock:
        _resting.append(connection)
        closing = _too_many()
    for each in closing:
        each.close()
    return answer


def _too_many() -> list[Connection]:
    """Takes out the connections that have rested longest, where too many rest or they have rested for too long."""
    closing = []
    while len(_resting) > MOST_RESTING or time.monotonic() - _resting[0].rests_since > LONGEST_REST:
        closing.append(_resting.pop(0))
    return closing


def _take(destination: Destination) -> Connection | None:
    with _lock:
        for place in range(len(_resting) - 1, -1, -1):
            if _resting[place].leads_to(destination) and _resting[place].is_usable():
                return _resting.pop(place)
    return None


def _request(destination: Destination, method: str, content: bytes, headers: Mapping[str, str]) -> httpcore.Request:
    # Uncompressed: a small answer that unpacks to a huge one is then no answer.
    said = {"Host": destination.authority, "Accept-Encoding": "identity", "User-Agent": AGENT, **headers}
    if content or method in ("POST", "PUT", "PATCH"):
        said["Content-Length"] = str(len(content))
    url = httpcore.URL(
        scheme=destination.scheme, host=destination.host, port=destination.port, target=destination.target
    )
    try:
        return httpcore.Request(method, url, headers=list(said.items()), content=content)
    except UnicodeError:
        raise OutgoingProblem("a header is not ASCII") from None


def _read(response: httpcore.Response, most_bytes: int) -> Answer:
    body = bytearray()
    assert isinstance(response.stream, Iterable)
    for part in response.stream:
        body += part
        if len(body) > most_bytes:
            raise TooLarge(response.status, bytes(body[:most_bytes]))
    return Answer(response.status, _headers(response), bytes(body))


def _headers(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers

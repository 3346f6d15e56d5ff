"""One request to Google over HTTP/2 where it offers that, and the ways in which one can fail."""

import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpx

from stampwell.wallet.configuration import google_ca

MOST_BYTES = 1024 * 1024  # of an answer; the longest is a card with its offers
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)
LONGEST_REST = 60.0  # seconds after which a connection is not used again

_resting: list[httpx.Client] = []  # connections that nobody uses now; the latest is taken first


class GoogleProblem(Exception):
    """Google did not do it. `said` is its reason in a few words; it may be shown to whoever runs this."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status} {said}".strip())
        self.status, self.said = status, said


class GoogleBusy(GoogleProblem):
    """Not now: no answer in time, too many requests, or a fault over there. The same again later may work."""


class GoogleRefused(GoogleProblem):
    """Not like this: the same again will be refused again."""


def ask_google(
    method: str, url: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None, timeout: float
) -> httpx.Response:
    """Whatever it answers. Raises GoogleBusy when it has not all come within `timeout` seconds."""
    # Uncompressed: a small answer that unpacks to a huge one is then no answer.
    request = httpx.Request(method, url, content=content, headers={"Accept-Encoding": "identity"} | dict(headers or {}))
    ends = time.monotonic() + timeout
    try:
        try:
            return _ask(_take(), request, ends)
        except BROKEN:
            # Google ends connections as it likes, also one that rests; nobody should wait for another try because of
            # that. What had reached it is only said twice: an insert answers 409, a change changes nothing more.
            return _ask(_connect(), request, ends)
    except httpx.TimeoutException:
        raise GoogleBusy(0, "no answer in time") from None
    except (httpx.TransportError, httpx.DecodingError) as broken:
        raise GoogleBusy(0, type(broken).__name__) from None


def problem_of(answer: httpx.Response, said: str) -> GoogleProblem:
    if answer.status_code in (408, 429) or answer.is_server_error:
        return GoogleBusy(answer.status_code, said)
    return GoogleRefused(answer.status_code, said)


def seconds_to_wait(answer: httpx.Response) -> float:
    """What Google asks for, as seconds or as a date; one second where it says nothing that can be read."""
    given = answer.headers.get("Retry-After", "")
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        return max(1.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 1.0


def hang_up() -> None:
    """Closes the connections; the next request makes a new one."""
    while _resting:
        _resting.pop().close()
    _trust.cache_clear()


def _take() -> httpx.Client:
    try:
        return _resting.pop()
    except IndexError:
        return _connect()


def _connect() -> httpx.Client:
    limits = httpx.Limits(keepalive_expiry=LONGEST_REST)
    return httpx.Client(http2=True, verify=_trust(google_ca()), limits=limits)


def _ask(client: httpx.Client, request: httpx.Request, ends: float) -> httpx.Response:
    """Over a connection that nobody else uses meanwhile: the client's HTTP/2 mixes up requests of two threads."""
    request.extensions["timeout"] = httpx.Timeout(max(ends - time.monotonic(), 0.01)).as_dict()
    try:
        answer = client.send(request, follow_redirects=False, stream=True)
        whole = httpx.Response(answer.status_code, headers=_plain(answer), content=_read(answer, ends))
    except BaseException:
        client.close()
        raise
    _resting.append(client)
    return whole


def _read(answer: httpx.Response, ends: float) -> bytes:
    """The body as it was sent. What drips or never ends is given up."""
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > MOST_BYTES:
            raise GoogleBusy(answer.status_code, "too long an answer")
        if time.monotonic() > ends:
            raise GoogleBusy(answer.status_code, "no answer in time")
    return bytes(body)


def _plain(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "content-encoding"}


@lru_cache(maxsize=1)
def _trust(ca: str | None) -> ssl.SSLContext:
    """Read once: that takes as long as many requests."""
    try:
        return ssl.create_default_context(cafile=ca) if ca else httpx.create_ssl_context()
    except OSError:
        raise GoogleBusy(0, f"the certificate in {ca} cannot be read") from None

"""One request to Google over HTTP/2 where it offers that, and the ways in which one can fail."""

from collections.abc import Mapping
from functools import lru_cache

import httpx


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
    """Whatever it answers. Raises GoogleBusy when nothing comes within `timeout` seconds."""
    try:
        return _connection().request(method, url, content=content, headers=headers, timeout=timeout)
    except httpx.TimeoutException:
        raise GoogleBusy(0, "no answer in time") from None
    except (httpx.TransportError, httpx.DecodingError) as broken:
        raise GoogleBusy(0, type(broken).__name__) from None


def problem_of(answer: httpx.Response, said: str) -> GoogleProblem:
    if answer.status_code in (408, 429) or answer.is_server_error:
        return GoogleBusy(answer.status_code, said)
    return GoogleRefused(answer.status_code, said)


def hang_up() -> None:
    """Closes the connection; the next request makes a new one."""
    _connection().close()
    _connection.cache_clear()


@lru_cache(maxsize=1)
def _connection() -> httpx.Client:
    """One for each process: threads share it, and with HTTP/2 its one connection."""
    return httpx.Client(http2=True, follow_redirects=False, limits=httpx.Limits(keepalive_expiry=60))

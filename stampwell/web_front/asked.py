"""What granian gives for each request, as far as we use it. Its own types are compiled, and not all are described."""

from collections.abc import Callable
from typing import Protocol, Self

from granian.rsgi import Scope

type Headers = list[tuple[str, str]]


class Coming(Protocol):
    """A piece of a body, or all of it, that may still have to come; what asyncio takes for a future."""

    def add_done_callback(self, callback: "Callable[[Coming], None]", context: None = None) -> None: ...
    def cancel(self) -> object: ...
    def __next__(self) -> object: ...


class Channel(Protocol):
    """Reads the body, as a whole when it is called or piece by piece, and takes one answer."""

    def __call__(self) -> Coming: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Coming: ...
    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_file(self, status: int, headers: Headers, file: str) -> None: ...


class Asked(Protocol):
    """`done` answers 500 if nobody has answered yet."""

    @property
    def scope(self) -> Scope: ...
    @property
    def proto(self) -> Channel: ...
    def done(self) -> None: ...


def bytes_of(come: Coming) -> bytes:
    """What has come. Raises whatever granian says where the connection is gone."""
    try:
        next(come)
    except StopIteration as told:
        whole: bytes = told.value
        return whole
    raise AssertionError("it has not come yet")

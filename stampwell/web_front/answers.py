"""An answer of the application, handed over to granian as a whole.

granian's own way to send in pieces takes them all at once into memory, however slowly they are read. So pieces are put
together first: small ones in memory, large ones in a file. granian reads a file only as fast as its reader does.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NamedTuple

from stampwell.web_front.asked import Channel, Headers

type Application = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]

IN_MEMORY = 256 * 1024  # bytes of an answer in pieces
OPENED = 60.0  # seconds until granian has surely opened a file that is then no longer listed

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes


class SentFile:
    """What WSGI calls a file wrapper: an answer that is a file, or something to read from."""

    def __init__(self, file: IO[bytes], block_size: int = 65_536) -> None:
        self._file, self._block_size = file, block_size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(self._block_size), b"")

    def close(self) -> None:
        self._file.close()

    @property
    def path(self) -> str:
        """Empty unless the whole of a file of that name is meant."""
        name = getattr(self._file, "name", None)
        if not isinstance(name, str) or self._file.tell():
            return ""
        return name if os.path.samestat(Path(name).stat(), os.fstat(self._file.fileno())) else ""


def answer(application: Application, environ: dict[str, Any], protocol: Channel) -> int:
    """The status that it has given."""
    told: list[Any] = []

    def start_response(status: str, headers: Headers, _error: object = None) -> None:
        told[:] = int(status[:3]), headers

    pieces = application(environ, start_response)
    if isinstance(pieces, list):
        give(Answer(told[0], told[1], b"".join(pieces)), protocol)
        return told[0]  # type: ignore[no-any-return]
    try:
        _give_pieces(pieces, told, protocol)
    finally:
        if close := getattr(pieces, "close", None):
            close()
    return told[0]  # type: ignore[no-any-return]


def give(whole: Answer, protocol: Channel) -> None:
    if whole.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        protocol.response_empty(whole.status, whole.headers)
    else:
        protocol.response_bytes(whole.status, whole.headers, whole.body)


def _give_pieces(pieces: Iterable[bytes], told: list[Any], protocol: Channel) -> None:
    if isinstance(pieces, SentFile) and (path := pieces.path):
        protocol.response_file(told[0], told[1], path)
        return
    collected, size = [], 0
    remaining = iter(pieces)
    for piece in remaining:
        collected.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            path = _write_down(collected, remaining)
            protocol.response_file(told[0], told[1], path)
            return
    give(Answer(told[0], told[1], b"".join(collected)), protocol)


def _write_down(begun: list[bytes], rest: Iterable[bytes]) -> str:
    """In a file that nobody lists any more as soon as granian has opened it."""
    with NamedTemporaryFile(prefix="stampwell-answer-", delete=False) as file:
        file.writelines(begun)
        file.writelines(rest)
    timer = threading.Timer(OPENED, os.unlink, [file.name])
    timer.daemon = True
    timer.start()
    return file.name

"""Whatever the application answers goes to granian as one whole, or as a file that it reads itself."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from stampwell.web_front.answers import IN_MEMORY, SentFile, answer


class Told:
    """Stands for granian's channel, and keeps what it was told."""

    def __init__(self) -> None:
        self.status, self.body, self.file = 0, b"", ""

    def response_empty(self, status: int, _headers: object) -> None:
        self.status = status

    def response_bytes(self, status: int, _headers: object, body: bytes) -> None:
        self.status, self.body = status, body

    def response_file(self, status: int, _headers: object, file: str) -> None:
        self.status, self.file = status, file


def told(pieces: Iterable[bytes], status: str = "200 OK") -> Told:
    def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        return pieces

    channel = Told()
    answer(application, {}, channel)  # type: ignore[arg-type]
    return channel


class Pieces:
    def __init__(self, *pieces: bytes) -> None:
        self._pieces, self.closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        self.closed = True


def test_pieces_are_put_together_and_closed() -> None:
    pieces = Pieces(b"one ", b"two")

    assert told(pieces).body == b"one two"

    assert pieces.closed


def test_many_pieces_become_a_file() -> None:
    pieces = Pieces(*[b"x" * 1000] * (IN_MEMORY // 1000 + 10))

    file = Path(told(pieces).file)

    assert file.read_bytes() == b"".join(pieces)
    assert pieces.closed
    file.unlink()


def test_a_file_is_sent_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    path.write_bytes(b"a poster")

    channel = told(SentFile(path.open("rb")))

    assert (channel.file, channel.body) == (str(path), b"")


def test_a_part_of_a_file_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    path.write_bytes(b"a poster")
    file = path.open("rb")
    file.seek(2)

    assert told(SentFile(file)).body == b"poster"


def test_what_has_no_name_is_read() -> None:
    assert told(SentFile(BytesIO(b"a pass"))).body == b"a pass"


def test_nothing_is_nothing() -> None:
    channel = told([b""], "304 Not Modified")

    assert (channel.status, channel.body) == (304, b"")

"""What lies on the disk, or does not come on, takes nobody else's place."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Self, cast

import pytest

from stampwell.web_front import bodies
from stampwell.web_front.asked import Asked, Coming
from stampwell.web_front.bodies import Bodies, Body, Reason
from stampwell.web_front.held import Whole

MEGABYTE = 1 << 20
LARGEST = 129 * MEGABYTE
FILE = [b"x" * MEGABYTE] * 6  # more than stays in memory


class Piece:
    def __init__(self, content: bytes | None) -> None:
        self.content = content

    def add_done_callback(self, callback: Callable[[Coming], None], context: None = None) -> None:
        if self.content is not None:
            callback(self)

    def cancel(self) -> None: ...

    def __next__(self) -> object:
        raise StopIteration(self.content)


class Sender:
    """Sends these pieces, and then nothing more."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = iter(pieces)

    def __call__(self) -> Coming:
        return Piece(next(self.pieces, None))

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Coming:
        return Piece(next(self.pieces, None))


class Server:
    def __init__(self, folder: Path) -> None:
        self.taken: list[int] = []
        self.refused: list[Reason] = []
        self.bodies = Bodies(self._take, lambda _asked, reason: self.refused.append(reason), folder=folder)

    def _take(self, _asked: Asked, whole: Whole) -> None:
        self.taken.append(len(whole))
        self.bodies.forget(whole)

    def gets(self, pieces: list[bytes], *, of: int, address: str = "192.0.2.1") -> None:
        asked = cast(Asked, SimpleNamespace(proto=Sender(pieces), scope=SimpleNamespace(headers={})))
        self.bodies.expect(asked, address, length=of, longest=LARGEST)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_files_that_fill_the_disk_turn_away_files_and_nothing_else(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "ON_DISK", 10 * MEGABYTE)
    for number in range(2):
        server.gets(FILE, of=LARGEST, address=f"192.0.2.{number}")

    server.gets([b"x" * MEGABYTE], of=MEGABYTE)
    server.gets(FILE, of=6 * MEGABYTE)
    server.bodies.end()

    assert server.taken == [MEGABYTE]
    assert server.refused == [Reason.BUSY] * 3


def test_one_address_fills_neither_the_disk_nor_the_memory(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DISK_OF_AN_ADDRESS", 10 * MEGABYTE)
    monkeypatch.setattr(bodies, "MEMORY_OF_AN_ADDRESS", 5 * MEGABYTE)

    server.gets(FILE, of=LARGEST)
    server.gets(FILE, of=6 * MEGABYTE)
    server.gets(FILE[:4], of=LARGEST)
    server.gets(FILE[:3], of=3 * MEGABYTE)
    assert server.taken == []

    server.gets(FILE, of=6 * MEGABYTE, address="192.0.2.2")
    server.gets(FILE[:3], of=3 * MEGABYTE, address="192.0.2.2")
    assert server.taken == [6 * MEGABYTE, 3 * MEGABYTE]
    server.bodies.end()


def test_what_was_given_up_leaves_its_place_to_the_next_of_its_address(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "DISK_OF_AN_ADDRESS", 10 * MEGABYTE)
    server.gets(FILE, of=LARGEST)
    server.bodies.end()

    server.gets(FILE, of=6 * MEGABYTE)

    assert server.taken == [6 * MEGABYTE]


def body(folder: Path) -> Body:
    return Body(cast(Asked, None), "192.0.2.1", folder, length=LARGEST, longest=LARGEST)


def test_who_has_sent_much_and_falls_silent_is_given_up_half_a_minute_later(tmp_path: Path) -> None:
    sent = body(tmp_path)
    sent.note(100 * MEGABYTE, sent.start + 5)

    assert not sent.is_overdue(sent.start + 34)
    assert sent.is_overdue(sent.start + 36)


def test_a_byte_now_and_then_is_silence_too(tmp_path: Path) -> None:
    sent = body(tmp_path)
    sent.note(100 * MEGABYTE, sent.start + 5)
    sent.note(1, sent.start + 30)

    assert sent.is_overdue(sent.start + 36)


def test_who_sends_twenty_kilobytes_a_second_is_never_given_up(tmp_path: Path) -> None:
    sent = body(tmp_path)

    for second in range(1, 3600):
        assert not sent.is_overdue(sent.start + second)
        sent.note(20_000, sent.start + second)

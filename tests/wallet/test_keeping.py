"""Signed files are kept, but never more of them than fit."""

from stampwell.clock import new_id
from stampwell.wallet.apple.signed_cache import MOST_BYTES, keep_signed

FILE = 1024 * 1024


class Signer:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.signed: list[int] = []

    def sign(self, number: int, file: bytes) -> bytes:
        self.signed.append(number)
        return file


def test_the_same_question_is_signed_once() -> None:
    key, signer = new_id(), Signer()

    files = [keep_signed(key, lambda: signer.sign(0, b"signed")) for _time in range(3)]

    assert (files, signer.signed) == ([b"signed"] * 3, [0])


def test_what_was_not_asked_for_longest_makes_room() -> None:
    keys, signer = [new_id() for _file in range(MOST_BYTES // FILE + 2)], Signer()

    def ask(number: int) -> None:
        keep_signed(keys[number], lambda: signer.sign(number, bytes(FILE)))

    for number in range(MOST_BYTES // FILE):
        ask(number)
    ask(0)  # used again just now
    ask(MOST_BYTES // FILE)
    signer.signed.clear()
    for number in (0, MOST_BYTES // FILE, 1):
        ask(number)

    assert signer.signed == [1]


def test_a_file_that_is_larger_than_the_room_is_handed_out_all_the_same() -> None:
    assert len(keep_signed(new_id(), lambda: bytes(MOST_BYTES + 1))) == MOST_BYTES + 1
    assert keep_signed(new_id(), lambda: b"next") == b"next"

"""A large body lies on the disk while it comes, and nothing is left of it."""

from pathlib import Path

import pytest

from stampwell.web_front.held import IN_MEMORY, Held, OnDisk

PIECE = b"x" * (IN_MEMORY // 4)


def test_a_small_one_stays_in_memory(tmp_path: Path) -> None:
    held = Held(tmp_path)

    assert [held.keep(PIECE) for _time in range(4)] == [False] * 4

    assert held.whole() == PIECE * 4


def test_a_large_one_is_whole_on_the_disk_and_has_no_name(tmp_path: Path) -> None:
    held = Held(tmp_path)

    assert [held.keep(PIECE) for _time in range(6)] == [False] * 4 + [True] * 2

    whole = held.whole()
    assert isinstance(whole, OnDisk)
    assert (len(whole), whole.file.read()) == (6 * len(PIECE), PIECE * 6)
    assert [*tmp_path.iterdir()] == []
    whole.file.close()


def test_what_is_dropped_takes_nothing_more(tmp_path: Path) -> None:
    held = Held(tmp_path)
    for _time in range(5):
        held.keep(PIECE)

    held.drop()

    with pytest.raises(ValueError, match="closed"):
        held.keep(PIECE)

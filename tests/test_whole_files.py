"""A file is there whole or not at all."""

from pathlib import Path

import pytest

from stampwell.whole_files import write_first, write_whole, written_whole


class PowerCut(Exception):
    pass


def begin_to_write(file: Path) -> None:
    with written_whole(file) as stream:
        stream.write(b"half")
        raise PowerCut


def test_what_is_cut_off_leaves_what_stood_there(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_whole(file, "first")

    with pytest.raises(PowerCut):
        begin_to_write(file)

    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_it_is_for_its_owner_alone_unless_said(tmp_path: Path) -> None:
    write_whole(tmp_path / "key", b"secret")
    write_whole(tmp_path / "certificate", "for all", mode=0o644)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "certificate").stat().st_mode & 0o777 == 0o644


def test_of_two_that_write_first_the_first_one_stands(tmp_path: Path) -> None:
    for content in ("first", "second"):
        write_first(tmp_path / "key", content)

    assert (tmp_path / "key").read_text() == "first"
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]

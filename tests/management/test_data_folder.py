"""The data folder of bin/dev: nothing of anybody else is ever deleted."""

from pathlib import Path

import pytest

from stampwell.management.data_folder import MARKER, FolderTrouble, empty_data_folder, open_data_folder


def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    open_data_folder(tmp_path / "a" / "shop")

    assert [entry.name for entry in (tmp_path / "a/shop").iterdir()] == [MARKER]


def test_a_folder_with_files_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(FolderTrouble, match=r"such as “thesis\.txt”"):
        open_data_folder(tmp_path)
    with pytest.raises(FolderTrouble, match=r"such as “thesis\.txt”"):
        empty_data_folder(tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_fresh_empties_a_marked_folder_but_keeps_the_tools(tmp_path: Path) -> None:
    open_data_folder(tmp_path)
    (tmp_path / "tools").mkdir()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/secret_key").write_text("old")
    (tmp_path / "demo.json").write_text("{}")

    empty_data_folder(tmp_path)

    assert {entry.name for entry in tmp_path.iterdir()} == {"tools", MARKER}


def test_fresh_does_not_follow_a_link_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.txt").write_text("years of work")
    shop = tmp_path / "shop"
    open_data_folder(shop)
    (shop / "link").symlink_to(outside)

    empty_data_folder(shop)

    assert (outside / "thesis.txt").exists()
    assert not (shop / "link").is_symlink()


def test_fresh_on_a_folder_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    empty_data_folder(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FolderTrouble, match=r"file/shop cannot be written \(Not a directory\)"):
        open_data_folder(tmp_path / "file/shop")

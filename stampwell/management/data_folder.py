"""The data folder of `bin/dev`: marked as ours before anything is put in it, so that only ours is deleted."""

import shutil
from pathlib import Path

from stampwell.database import FolderInUse, find_running_server
from stampwell.database.places import remove_database

MARKER = "this-folder-belongs-to-stampwell"
# What other commands of ours may have put there before the first start.
OURS = {"database", "demo.json", "keys", "prepared", "programs", "static", "static.made-from", "tools", "wallet"}


class FolderTrouble(Exception):
    """The data folder cannot be used; the text says why and what to do now."""


def open_data_folder(folder: Path) -> None:
    """Makes and marks the folder. Refuses one that holds files of somebody else."""
    marker = folder / MARKER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not marker.exists():
            _refuse_foreign(folder)
            marker.write_text("Stampwell keeps its data here. “bin/dev --fresh” deletes what is in this folder.\n")
    except OSError as error:
        raise FolderTrouble(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Make it writable for this user, or choose another folder with --data."
        ) from error


def empty_data_folder(folder: Path) -> None:
    """Deletes everything in a folder that carries our mark, except the tools that made the environment."""
    if not folder.exists():
        return
    if not (folder / MARKER).exists():
        _refuse_foreign(folder)
    if find_running_server(folder):
        raise FolderInUse(f"The data folder {folder} is in use. Stop the program that uses it first.")
    if (folder / "database").exists():
        remove_database(folder)
    for entry in folder.iterdir():
        if entry.name in ("tools", MARKER):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _refuse_foreign(folder: Path) -> None:
    foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in OURS)
    if foreign:
        raise FolderTrouble(
            f"The folder {folder} holds files that are not Stampwell's, such as “{foreign[0]}”. "
            "Choose an empty folder with --data."
        )

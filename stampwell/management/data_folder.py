"""The data folder: marked before anything is put in it, so that `bin/dev` deletes only its own and no real shop's."""

import os
import shutil
from pathlib import Path

from stampwell.database import FolderInUse, find_running_server
from stampwell.database.account import name_of
from stampwell.database.places import remove_database

MARKER = "this-folder-belongs-to-stampwell"  # of bin/dev, which may delete what is in it
INSTALLED = "this-is-an-installation-of-stampwell"
# What other commands of ours may have put there before the first start.
OURS = {
    "backup.lock",
    "database",
    "demo.json",
    "keys",
    "last-backup.json",
    "lost+found",
    "prepared",
    "programs",
    "settings-of-the-backup.env",
    "static",
    "static.made-from",
    "tools",
    "wallet",
}


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


def open_installation(folder: Path) -> None:
    """Makes and marks the folder of an installation. Nothing in it is ever deleted because of the mark."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # As root the database's own user passes through; nobody else may look.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (folder / INSTALLED).write_text(
            "Stampwell keeps the data of real shops here. Back it up; delete nothing by hand.\n"
        )
    except OSError as error:
        raise FolderTrouble(f"The data folder {folder} cannot be written: {error.strerror}.") from error


def require_owner(folder: Path) -> None:
    """Files of two users in one folder would lock one of them out."""
    owner, me = folder.stat().st_uid, os.geteuid()
    if owner != me:
        raise FolderTrouble(
            f"The data folder {folder} belongs to the user {name_of(owner)}, and this is the user {name_of(me)}. Start "
            f"as its owner, such as with `runuser -u {name_of(owner)} -- stampwell …`, or set STAMPWELL_DATA to "
            "another folder."
        )


def refuse_folder_of_others(folder: Path) -> None:
    """An installation begins in an empty folder: neither among somebody's files nor with the demo's passwords."""
    if (folder / INSTALLED).exists():
        return
    if (folder / MARKER).exists() or (folder / "demo.json").exists():
        raise FolderTrouble(
            f"The folder {folder} holds the demo shop of bin/dev, which is not for real customers. "
            "Set STAMPWELL_DATA to an empty folder."
        )
    foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in OURS)
    if foreign:
        raise FolderTrouble(
            f"The folder {folder} holds files that are not Stampwell's, such as “{foreign[0]}”. "
            "Set STAMPWELL_DATA to an empty folder."
        )


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
    if (folder / INSTALLED).exists():
        raise FolderTrouble(
            f"The folder {folder} is that of a real installation. Choose another one for the demo with --data."
        )
    foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in OURS)
    if foreign:
        raise FolderTrouble(
            f"The folder {folder} holds files that are not Stampwell's, such as “{foreign[0]}”. "
            "Choose an empty folder with --data."
        )

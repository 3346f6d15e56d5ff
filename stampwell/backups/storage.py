"""Where planned backups go: a folder, or a bucket."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from stampwell.backups.replacing import UNFINISHED, new_file
from stampwell.backups.trouble import BackupTrouble

Write = Callable[[IO[bytes]], object]


class Storage(Protocol):
    def names(self) -> list[str]: ...

    def store(self, name: str, write: Write) -> int:
        """Whole or not at all; returns the size."""

    def delete(self, name: str) -> None: ...

    def place_of(self, name: str) -> str: ...

    def clear_unfinished(self, is_ours: Callable[[str], bool]) -> None:
        """Removes what a backup left that was killed."""


class Folder:
    """It has to be there: one that is made by mistake would fill the disk below a drive that is not mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir():
            raise BackupTrouble(f"There is no folder {folder}. Make it, or see that its disk is mounted.")

    def names(self) -> list[str]:
        return [entry.name for entry in self._folder.iterdir() if entry.is_file() and not entry.is_symlink()]

    def store(self, name: str, write: Write) -> int:
        file = self._folder / name
        with new_file(file) as stream:
            write(stream)
        return file.stat().st_size

    def delete(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def place_of(self, name: str) -> str:
        return str(self._folder / name)

    def clear_unfinished(self, is_ours: Callable[[str], bool]) -> None:
        for entry in self._folder.glob(f"*{UNFINISHED}*"):
            if is_ours(entry.name.partition(UNFINISHED)[0]):
                entry.unlink(missing_ok=True)


def open_storage(to: str, workplace: Path) -> Storage:
    """`to` as the plan has it."""
    if not to.startswith("s3://"):
        return Folder(Path(to))
    try:
        from stampwell.backups.bucket import open_bucket  # noqa: PLC0415 - its library is an extra
    except ImportError:
        raise BackupTrouble(
            "Backups in S3 need one more library: install stampwell[s3]; docs/operating/backup.md has the command."
        ) from None
    return open_bucket(to, workplace)

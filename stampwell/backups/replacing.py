"""The files of backups: written anew, never over others, and a sentence where that fails."""

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stampwell.backups.trouble import BackupTrouble
from stampwell.whole_files import written_whole

UNFINISHED = ".unfinished-"


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """There whole or not at all, and in the place of nothing."""
    if file.exists() or file.is_symlink():
        raise BackupTrouble(f"There is a {file} already. Choose another name, or move it away first.")
    try:
        with written_whole(file, unfinished=f"{file.name}{UNFINISHED}{secrets.token_hex(4)}") as stream:
            yield stream
    except OSError as error:
        raise BackupTrouble(why_not_written(file, error)) from error


def why_not_written(file: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {file.parent} is full. Nothing was kept there; free some space and run this again."
    if error.errno == errno.EFBIG:
        return f"The disk that holds {file.parent} takes no file as large as this backup."
    return f"{file} cannot be written ({error.strerror})."

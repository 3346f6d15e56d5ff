"""A file that is there whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stampwell.backups.trouble import BackupTrouble

UNFINISHED = ".unfinished-"


@contextmanager
def written_whole(file: Path) -> Iterator[BinaryIO]:
    """Beside its place, for its owner alone, and renamed at the end. Whatever goes wrong leaves nothing there."""
    if file.exists() or file.is_symlink():
        raise BackupTrouble(f"There is a {file} already. Choose another name, or move it away first.")
    fresh = file.with_name(f"{file.name}{UNFINISHED}{secrets.token_hex(4)}")
    try:
        with _opened(fresh) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        fresh.rename(file)
        _settle(file.parent)
    except OSError as error:
        raise BackupTrouble(why_not_written(file, error)) from error
    finally:
        fresh.unlink(missing_ok=True)


def _opened(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _settle(folder: Path) -> None:
    """The new name is on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def why_not_written(file: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {file.parent} is full. Nothing was kept there; free some space and run this again."
    if error.errno == errno.EFBIG:
        return f"The disk that holds {file.parent} takes no file as large as this backup."
    return f"{file} cannot be written ({error.strerror})."

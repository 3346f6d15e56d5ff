"""One keeper for one data folder: a lock that the system frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stampwell.database.trouble import DatabaseTrouble, FolderInUse


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock for the length of the block. Children do not inherit it, so kill -9 frees it."""
    handle = _open(file)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(_who_holds(file)) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_held(file: Path) -> bool:
    """Whether some process holds the lock at this moment."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseTrouble(
            f"The data folder {file.parent} cannot be written ({error.strerror}). "
            "Make it writable for this user, or choose another folder with --data."
        ) from error


def _who_holds(file: Path) -> str:
    pid = file.read_text().strip() or "unknown"
    return (
        f"The data folder {file.parent.parent} is in use by process {pid}, which keeps its database running. "
        "Stop that one first, or choose another folder with --data."
    )

"""Files that are there whole or not at all, also where the power fails while they are written.

What can be made anew at any time, such as a drawn picture, needs no such care.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(file: Path, *, mode: int = 0o600, unfinished: str = "") -> Iterator[BinaryIO]:
    """Beside its place, for its owner alone until it is whole, and renamed at the end. Whatever goes wrong leaves what
    stood there. `unfinished` is the name until then. Raises OSError.
    """
    fresh = file.with_name(unfinished or f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            os.fchmod(stream.fileno(), mode)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
        keep_name(file.parent)
    finally:
        fresh.unlink(missing_ok=True)


def write_whole(file: Path, content: str | bytes, *, mode: int = 0o600) -> None:
    with written_whole(file, mode=mode) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def write_first(file: Path, content: str | bytes) -> None:
    """Two processes may come at once: what the first one wrote stands."""
    own = file.with_name(f".{file.name}.{secrets.token_hex(4)}.own")
    write_whole(own, content)
    try:
        with suppress(FileExistsError):
            os.link(own, file)
    finally:
        own.unlink()


def keep_name(folder: Path) -> None:
    """The new name is on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

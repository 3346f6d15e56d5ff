"""A body that has come: a small one in memory, a large one in a file that has no name."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

IN_MEMORY = 4 << 20  # bytes; all but the files of an import, and a great many kept scans at once, are smaller


class OnDisk:
    """Nobody else can open the file. It is gone when it is closed, or its process ends."""

    __slots__ = ("file", "size")

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.size = file, size

    def __len__(self) -> int:
        return self.size


type Whole = bytes | OnDisk


class Held:
    """What has come of a body until now."""

    __slots__ = ("_file", "_folder", "_pieces", "_size", "count")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._size, self.count = 0, 0

    def keep(self, piece: bytes) -> bool:
        """Whether it lies on the disk now, with all that came before.

        Raises OSError, and ValueError when it lay there and was dropped.
        """
        self.count += 1
        self._size += len(piece)
        if self._file is None and self._size <= IN_MEMORY:
            self._pieces.append(piece)
            return False
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - whoever takes the body closes it
            self._file.writelines(self._pieces)
            self._pieces.clear()
        self._file.write(piece)
        self._file.flush()  # a full disk is noticed here, and not where it is read
        return True

    def whole(self) -> Whole:
        if self._file is None:
            return b"".join(self._pieces)
        self._file.seek(0)
        return OnDisk(self._file, self._size)

    def drop(self) -> None:
        self._pieces.clear()
        if self._file is not None:
            self._file.close()


class Share:
    """What all bodies of one address that are on their way take up."""

    __slots__ = ("bodies", "in_memory", "on_disk")

    def __init__(self) -> None:
        self.bodies = self.in_memory = self.on_disk = 0

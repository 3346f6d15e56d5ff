"""How full the disks are that we write to."""

import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

LEAST_SHARE = 0.10
ENOUGH = 50 << 30  # bytes; on a very large disk a tenth is more than anybody needs


class Space(msgspec.Struct, frozen=True):
    free: int
    total: int

    @property
    def is_nearly_full(self) -> bool:
        return self.free < min(self.total * LEAST_SHARE, ENOUGH)


def space_below(data_dir: Path) -> dict[str, Space]:
    """By what lies there. The embedded database may lie on another disk than the data folder (`database.places`)."""
    found = {}
    for name, folder in (("data", data_dir), ("database", data_dir / "database" / "cluster")):
        with suppress(OSError):
            usage = shutil.disk_usage(folder.resolve())
            found[name] = Space(usage.free, usage.total)
    return found


def is_nearly_full(data_dir: Path) -> bool:
    return any(space.is_nearly_full for space in space_below(data_dir).values())

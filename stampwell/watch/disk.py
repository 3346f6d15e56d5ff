"""How full the disks are that we write to. This is the one place that says when one is full, or nearly."""

import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

LEAST_TO_START = 300 << 20  # bytes; with less a database soon finds no room, and stops
LEAST_SHARE = 0.10
ENOUGH = 50 << 30  # bytes; on a very large disk a tenth is more than anybody needs


class Space(msgspec.Struct, frozen=True):
    free: int
    total: int
    device: int = 0  # which disk it is, as the system numbers them while it runs

    @property
    def is_full(self) -> bool:
        return self.free < LEAST_TO_START

    @property
    def is_nearly_full(self) -> bool:
        return self.free < min(self.total * LEAST_SHARE, ENOUGH)


def space_below(data_dir: Path) -> dict[str, Space]:
    """By what lies there. The embedded database may lie on another disk than the data folder (`database.places`)."""
    found = {}
    for name, folder in (("data", data_dir), ("database", data_dir / "database" / "cluster")):
        with suppress(OSError):
            found[name] = space_at(folder.resolve())
    return found


def space_at(folder: Path) -> Space:
    """Raises OSError where there is no such folder."""
    usage = shutil.disk_usage(folder)
    return Space(usage.free, usage.total, folder.stat().st_dev)


def is_nearly_full(data_dir: Path) -> bool:
    return any(space.is_nearly_full for space in space_below(data_dir).values())

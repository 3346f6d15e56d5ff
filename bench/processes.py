"""What the kernel says of running processes: the processor time and the memory that they took.

Only Linux tells it; elsewhere nothing is counted, and the figures say so.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")


def is_told() -> bool:
    return (PROC / "self" / "schedstat").exists()


def family(oldest: int) -> list[int]:
    """The process and everything that it has started and that still runs."""
    parents = {pid: parent for pid in _all_pids() if (parent := _parent(pid)) is not None}
    found = [oldest]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return [pid for pid in found if pid in parents]


def processor_seconds(oldest: int) -> float:
    """Of the family: its living threads by the nanosecond, and what its dead processes took in all."""
    return sum(_living(pid) + _buried(pid) for pid in family(oldest))


def memory(pids: list[int]) -> float:
    """Megabytes that would be free without them.

    What they share is counted once. Not the kernel's PSS alone: that would give away a part of each library to
    whoever else has it open at the moment, such as the one who measures.
    """
    own, files = 0, dict[str, int]()
    for pid in pids:
        for place, sizes in _mappings(pid):
            if place is None:
                own += sizes.get("Pss", 0)
                continue
            written = sizes.get("Private_Dirty", 0)
            own += written
            files[place] = max(files.get(place, 0), sizes.get("Rss", 0) - written)
    return (own + sum(files.values())) / 1024


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()] if PROC.exists() else []


def _parent(pid: int) -> int | None:
    fields = _fields(pid)
    return int(fields[1]) if fields else None


def _living(pid: int) -> float:
    told = (_text(PROC / str(pid) / "task" / thread / "schedstat") for thread in _threads(pid))
    return sum(int(text.split()[0]) for text in told if text) / 1e9


def _buried(pid: int) -> float:
    """Of children that ended and were waited for, such as a database's back ends of yesterday's connections."""
    fields = _fields(pid)
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(PROC / str(pid) / "task")  # noqa: PTH208 - names are wanted, not paths
    except OSError:
        return []


def _mappings(pid: int) -> list[tuple[str | None, dict[str, int]]]:
    """Each piece of its memory: which part of which file it is, or None, and its sizes in kB."""
    found: list[tuple[str | None, dict[str, int]]] = []
    for line in _text(PROC / str(pid) / "smaps").splitlines():
        first, *rest = line.split()
        if first.endswith(":"):
            if rest and rest[0].isdecimal():
                found[-1][1][first[:-1]] = int(rest[0])
            continue
        offset, device, inode = rest[1:4]
        found.append((None if inode == "0" else f"{device} {inode} {offset}", {}))
    return found


def _fields(pid: int) -> list[str]:
    """What /proc/PID/stat tells after the program's name, which may hold anything at all."""
    return _text(PROC / str(pid) / "stat").rpartition(")")[2].split()


def _text(file: Path) -> str:
    """Empty for a process that is gone meanwhile."""
    try:
        return file.read_text()
    except OSError:
        return ""


@dataclass
class Spending:
    """Processor seconds of each part of what is measured, and for how many requests."""

    requests: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, requests: int, **seconds: float) -> None:
        self.requests += requests
        for part, more in seconds.items():
            self.seconds[part] = self.seconds.get(part, 0.0) + more

    @property
    def each(self) -> float:
        """Microseconds that a request took in all."""
        return sum(self.seconds.values()) / self.requests * 1e6

    def __str__(self) -> str:
        parts = [f"{part} {seconds / self.requests * 1e6:,.0f}" for part, seconds in self.seconds.items()]
        return f"{' + '.join(parts)} = {self.each:,.0f} µs"

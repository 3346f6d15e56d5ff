"""A figure, its yardstick, their ratio and the limit."""

import os
import platform
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Spending

# The least ratio of our figure to its yardstick; the greatest for what costs or grows.
LIMITS = {
    "redemptions": 0.25,
    "redemptions_cpu": 5.0,
    "stamps": 0.25,
    "scans": 0.20,
    "reads": 0.12,
    "passes": 0.75,
    "pushes": 0.5,
    "memory": 1.1,
    "ledger": 1.1,
    "backup": 3.0,
    "backup_restore": 2.0,
    "start": 1.0,
    "idle": 1.0,
    "desk_start": 1.0,
    "desk_figures": 1.0,
    "desk_search": 1.0,
    "desk_list": 1.0,
    "desk_card": 1.0,
    "desk_customers": 1.0,
    "desk_age": 2.0,
    "search": 1.0,
    "search_near": 1.0,
    "followers": 1.0,
    "cards": 1.0,
    "journal_pages": 1.0,
    "journal_search": 1.0,
    "crowds_bodies": 2.0,
    "crowds_silent": 2.0,
    "crowds_readers": 2.0,
    "stations": 1.3,
    "stations_p99": 1.0,
    "batches": 1.0,
    "receipts": 0.08,
    "camera_start": 1.0,
    "camera_result": 1.0,
    "import": 1.0,
    "import_memory": 1.0,
    "import_undo": 4.0,
    "handout": 0.07,
    "handout_batches": 1.1,
    "codes": 1.0,
    "codes_making": 1.0,
    "codes_memory": 1.0,
    "vouchers": 1.1,
    "rounds_apple": 1.0,
    "rounds_google": 1.0,
    "rounds_web": 1.0,
    "reconciliation": 1.0,
}
SLICES = 5
SECONDS = 3.0


@dataclass(frozen=True)
class Figure:
    """`limit` is the least ratio, or the greatest where `grows` says that more is worse."""

    name: str
    ours: float
    theirs: float
    unit: str
    yardstick: str
    limit: float
    grows: bool = False
    remarks: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def is_kept(self) -> bool:
        return self.ratio <= self.limit if self.grows else self.ratio >= self.limit

    def __str__(self) -> str:
        sign = "≤" if self.grows else "≥"
        verdict = "kept" if self.is_kept else "MISSED"
        return (
            f"{self.name}: {self.ours:,.4g} {self.unit}; {self.yardstick}: {self.theirs:,.4g} {self.unit}; "
            f"ratio {self.ratio:.3f} (limit {sign} {self.limit}: {verdict}). {self.remarks}"
        )


def alternate(
    ours: Callable[[float], float], theirs: Callable[[float], float], *, seconds: float = SECONDS, slices: int = SLICES
) -> tuple[float, float]:
    """Medians of short slices taken in turn, so that a neighbour's work on this machine falls on both."""
    ours(1.0), theirs(1.0)  # what is read, compiled and remembered on first use
    pairs = [(ours(seconds), theirs(seconds)) for _number in range(slices)]
    return statistics.median(one for one, _other in pairs), statistics.median(other for _one, other in pairs)


def compare_cost(name: str, ours: Spending, theirs: Spending) -> Figure:
    """The processor time of one request, wherever it was spent."""
    remarks = f"Ours: {ours}; theirs: {theirs}."
    return Figure(name, ours.each, theirs.each, "µs", "the yardstick", LIMITS[name], grows=True, remarks=remarks)


def describe_load() -> str:
    """How many others wanted the processors in the last minute: it is part of every figure."""
    return f"Load {os.getloadavg()[0]:.1f}."


def describe_machine() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    processor = names[0] if names else platform.machine()
    return f"{os.cpu_count()} × {processor}, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []

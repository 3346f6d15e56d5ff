"""The page of figures names every benchmark with the limit that `bin/bench` holds it to."""

import re
from pathlib import Path

from bench.__main__ import BENCHMARKS
from bench.figures import LIMITS

ROOT = Path(__file__).parents[2]


def promised() -> dict[str, float]:
    """The limits in the first table of the page, by the name of the benchmark."""
    page = (ROOT / "docs/developing/figures.md").read_text()
    return {
        name: float(limit) for name, limit in re.findall(r"^\| `(\w+)` \|.*\| [≥≤] ([\d.]+) \|$", page, re.MULTILINE)
    }


def test_each_figure_is_promised_with_its_limit() -> None:
    assert promised() == LIMITS


def test_each_benchmark_has_a_limit() -> None:
    """One that gives several figures begins the names of all with its own."""
    assert {name.partition("_")[0] for name in LIMITS} == set(BENCHMARKS)


def test_the_command_names_each_benchmark() -> None:
    named = re.search(r"some of: (.*)", (ROOT / "bin/bench").read_text())

    assert named
    assert named[1].split() == list(BENCHMARKS)

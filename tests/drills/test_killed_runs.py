"""However a run of the tests is killed: none of the programs that it started goes on."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drills.killed_run import FOLDER
from tests.management.test_processes import is_alive
from tests.processes import Program

pytestmark = [pytest.mark.drill, pytest.mark.short]

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


@pytest.mark.parametrize(
    ("killed", "number"),
    [("bin/test", signal.SIGTERM), ("bin/test", signal.SIGKILL), ("pytest", signal.SIGKILL)],
)
def test_nothing_outlives_a_killed_run(killed: str, number: signal.Signals, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        run = Program([ROOT / "bin" / "test", "tests/drills/killed_run.py"], env=environment(tmp_path), stderr=log)
    wait_for((tmp_path / "ready").exists, run, tmp_path / "log")
    started = descendants(run.pid)
    assert len(started) > 10, "a database, a keeper, pytest, two web processes, doubles, a browser"

    tests, scratch = (tmp_path / "ready").read_text().split()
    os.kill(run.pid if killed == "bin/test" else int(tests), number)

    left: list[str] = []

    def is_over() -> bool:
        left[:] = [command for pid, command in started.items() if is_alive(pid)]
        return not left

    wait_until(is_over, lambda: "\n".join(left))
    run.wait()
    shutil.rmtree(scratch, ignore_errors=True)  # a script that is killed outright does not tidy up


def environment(folder: Path) -> dict[str, str]:
    """As a person's shell has it: nothing of the run that we are in."""
    ours = ("PYTEST_", "STAMPWELL_", "DATABASE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {FOLDER: str(folder)}


def descendants(pid: int) -> dict[int, str]:
    """Every process that this one has started, and theirs, with its command."""
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in told.splitlines()]
    found = {pid: "bin/test"}
    for _generation in range(10):
        found |= {int(own): args for own, parent, args in rows if int(parent) in found}
    return found


def wait_for(happened: Callable[[], bool], run: Program, log: Path) -> None:
    def has_happened() -> bool:
        assert run.poll() is None, log.read_text()
        return happened()

    wait_until(has_happened, log.read_text)


def wait_until(happened: Callable[[], bool], explain: Callable[[], str]) -> None:
    limit = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < limit, explain()
        time.sleep(0.02)

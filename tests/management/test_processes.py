"""The programs of bin/dev: started again when they die, ended with their keeper, never confused with others."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stampwell.management import processes
from stampwell.management.processes import Programs, stop_leftovers
from tests.processes import Program

pytestmark = pytest.mark.machine_clock

PATIENCE = 20.0
SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)", "sleeper")


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


@contextmanager
def kept(folder: Path, said: list[str]) -> Iterator[Programs]:
    programs = Programs(folder, dict(os.environ), said.append)
    try:
        yield programs
    finally:
        programs.stop()


def pid_of(program: processes.Program) -> int:
    assert program.process is not None
    return program.process.pid


def test_a_program_that_dies_is_started_again_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    with kept(tmp_path, said) as programs:
        web = programs.start("web", *SLEEPER)
        first = pid_of(web)
        os.kill(first, signal.SIGKILL)
        wait_for(web.is_over)

        def is_back() -> bool:
            programs.look_after()
            return web.process is not None and pid_of(web) != first

        wait_for(is_back)

    assert said == ["The web process ended by itself (exit code -9). Starting it again in 0.25 s."]


def test_what_a_program_started_is_told_by_the_program(tmp_path: Path) -> None:
    """Told by somebody else, a process of the web server would end as if it had died."""
    told = tmp_path / "told"
    child = f"sh -c 'trap \"echo >> {told}\" TERM; echo > {tmp_path}/up; while true; do sleep 0.1; done'"
    with kept(tmp_path, []) as programs:
        programs.start("web", "/bin/sh", "-c", f"trap 'sleep 0.5; exit' TERM; {child} & while true; do sleep 0.1; done")
        wait_for((tmp_path / "up").exists)

    assert not told.exists()


def test_stopping_ends_every_program_and_its_children(tmp_path: Path) -> None:
    child_file = tmp_path / "child"
    shell = f"sleep 600 & echo $! > {child_file}.new; mv {child_file}.new {child_file}; wait"
    with kept(tmp_path, []) as programs:
        web = programs.start("web", "/bin/sh", "-c", shell)
        wait_for(child_file.exists)

    assert web.is_over()
    wait_for(lambda: not is_alive(int(child_file.read_text())))
    assert not (tmp_path / "programs").exists()


def test_what_a_killed_keeper_left_is_ended_at_the_next_start(tmp_path: Path) -> None:
    keeper = (
        "import os, sys; from pathlib import Path; from stampwell.management.processes import Programs\n"
        f"programs = Programs(Path({str(tmp_path)!r}), dict(os.environ), print)\n"
        # It takes no notice of being asked to stop, as a web server does while it starts.
        "deaf = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(1, flush=True); time.sleep(600)'\n"
        "programs.start('web', sys.executable, '-c', deaf, 'sleeper')\n"
        "import time; time.sleep(600)"
    )
    process = Program([sys.executable, "-c", keeper, "keeper"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    left = int((tmp_path / "programs").read_text().splitlines()[1].split()[0])

    stop_leftovers(tmp_path)
    assert is_alive(left), "its keeper still lives"
    process.kill()
    process.wait()
    stop_leftovers(tmp_path)

    wait_for(lambda: not is_alive(left))


def test_a_stranger_with_the_number_of_a_former_program_is_left_alone(tmp_path: Path) -> None:
    with Program(SLEEPER) as stranger:
        (tmp_path / "programs").write_text(f"999999999 python\n{stranger.pid} 127.0.0.1:8000\n")

        stop_leftovers(tmp_path)

        assert stranger.poll() is None
        stranger.kill()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:  # it ended while we read
        return False
    except FileNotFoundError:
        return not Path("/proc").exists()


@pytest.mark.parametrize("content", ["", "12", "no number\n", "1 \n-5 word\n"])
def test_a_record_that_a_power_cut_has_spoiled_does_not_stop_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / processes.RECORD).write_text(content)

    stop_leftovers(tmp_path)

    assert not (tmp_path / processes.RECORD).exists()

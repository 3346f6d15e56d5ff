"""The first start of an installation, killed in the middle: the next one goes on as if nothing had been."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.database.folders import data_folder
from tests.processes import Program
from tests.serving import PATIENCE, free_port

pytestmark = [pytest.mark.drill, pytest.mark.machine_clock]
ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, port: int) -> Program:
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "STAMPWELL_SETTINGS": "",
        "STAMPWELL_DATA": str(folder / "data"),
        "STAMPWELL_LISTEN": f"127.0.0.1:{port}",
        "STAMPWELL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "stampwell", "serve"]
    with (folder / "said").open("wb") as said:
        return Program(command, stdout=said, stderr=said, cwd=folder, env=surroundings)


def wait_until(process: Program, is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5 * PATIENCE
    while not is_so():
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.parametrize("seen", ["database/cluster/base", "keys/token_key", "static", "static.made-from"])
def test_a_first_start_may_be_killed_at_any_moment(seen: str) -> None:
    with data_folder() as folder:
        port = free_port()
        killed = start(folder, port)
        wait_until(killed, (folder / "data" / seen).exists)
        killed.kill()
        killed.wait()

        process = start(folder, port)

        wait_until(process, lambda: "is running" in (folder / "said").read_text("utf-8"))
        assert httpx.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=PATIENCE).status_code == 200
        process.terminate()
        try:
            assert process.wait(timeout=2 * PATIENCE) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            raise

"""The web server as a process: it ends when it is told to, whatever it is doing at that moment."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.processes import Program
from tests.serving import free_port

PATIENCE = 15  # seconds; less than the server's own last wait, so that a worker it had to kill would be noticed

pytestmark = [
    pytest.mark.long,
    pytest.mark.machine_clock,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are the workers forked"),
]


def workers_of(process: Program) -> list[str]:
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


@pytest.mark.parametrize("later", [0.0, 0.005, 0.01, 0.025])
def test_a_server_whose_workers_are_still_starting_stops_when_told(later: float) -> None:
    server = Program([sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{free_port()}"], env=dict(os.environ))
    ends = time.monotonic() + PATIENCE
    while len(workers_of(server)) < 2:
        assert time.monotonic() < ends, "no workers"
        time.sleep(0.001)

    time.sleep(later)
    server.terminate()

    assert server.wait(timeout=PATIENCE) == 0

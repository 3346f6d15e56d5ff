"""`bin/dev` a second time: how long until a page is shown, and what the machine has left while nobody asks."""

import http.client
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from bench.figures import LIMITS, Figure
from bench.processes import family, memory
from bench.serving import free_port, postmaster
from stampwell.database.places import Places
from stampwell.environment import CHECKOUT

SECONDS, MEGABYTES = 1.5, 250.0  # what we promise
STARTS = 3
A_PAGE, A_CALL = "/accounts/login/", "/api/v1/me"
REST = 6.0  # seconds until the worker has looked for work and everybody waits


def measure_start(_url: str, _folder: Path) -> Figure:
    data = _used_folder()
    times = []
    for _start in range(STARTS):
        with _running(data, A_PAGE) as (_process, seconds):
            times.append(seconds)
    remarks = f"Median of {STARTS}, from the command to a whole sign-in page; {max(times):.2f} s at most."
    return Figure(
        "start", statistics.median(times), SECONDS, "s", "the promise", LIMITS["start"], grows=True, remarks=remarks
    )


def measure_idle(_url: str, _folder: Path) -> Figure:
    data = _used_folder()
    with _running(data, A_CALL) as (process, _seconds):
        time.sleep(REST)
        processes = family(process.pid)
        database = family(postmaster(Places(data / "database")))
        taken = memory(processes)
        parts = f"{len(processes)} processes; PostgreSQL {memory(database):.0f} MB of it."
    return Figure("idle", taken, MEGABYTES, "MB", "the promise", LIMITS["idle"], grows=True, remarks=parts)


def _used_folder() -> Path:
    """The data folder of a Stampwell that has run before; it lies where the database's own user may pass."""
    data = settings.DATA_DIR / "started"
    if not data.exists():
        with _running(data, A_PAGE):
            pass
    return data


@contextmanager
def _running(data: Path, path: str) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    """`bin/dev` over this folder, and the seconds until it had answered."""
    port = _port()
    foreign = ("STAMPWELL_", "DATABASE_URL", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    command = [str(CHECKOUT / "bin" / "dev"), "--port", str(port), "--data", str(data)]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _answers(port, path):
                assert process.poll() is None, "bin/dev ended by itself"
                time.sleep(0.01)
            yield process, time.perf_counter() - begun
        finally:
            process.send_signal(signal.SIGTERM)


@cache
def _port() -> int:
    """The same one each time: at another address `bin/dev` has the demo's links to prepare anew."""
    return free_port()


def _answers(port: int, path: str) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asked.request("GET", path)
        answer = asked.getresponse()
        return len(answer.read()) > 0 and answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        asked.close()

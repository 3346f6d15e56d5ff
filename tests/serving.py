"""Runs the product as people get it: real web processes, real HTTP, the test's own database."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import quote

import httpx
from django.conf import settings
from django.db import connection

from tests.processes import Forked, Program

PATIENCE = 60  # seconds
ROOT = Path(__file__).resolve().parent.parent
# Below what systems give to whoever asks for any port, so that nobody has it while no server is there.
PORTS = range(20_000, 32_000)


class Product:
    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log = url, log


class _Loaded:
    """A server for one test after the other, always at the same address."""

    def __init__(self) -> None:
        port = next(port for port in random.sample(PORTS, len(PORTS)) if _is_free(port))
        self.url = f"http://127.0.0.1:{port}"
        self.environment = _environment(self.url)
        command = [sys.executable, "-m", "tests.loaded_server", f"127.0.0.1:{port}"]
        self.program = Program(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=self.environment
        )
        self.last: Forked | None = None

    def is_right_now(self) -> bool:
        """Not where a test has changed what a server is told, nor while another one serves."""
        is_at_rest = self.last is None or self.last.poll() is not None
        return is_at_rest and self.program.poll() is None and _environment(self.url) == self.environment

    def start(self, log: Path) -> Forked:
        self.last = Forked(self.program, str(log))
        return self.last


@cache
def _loaded() -> _Loaded:
    return _Loaded()


def database_url() -> str:
    """Where this test's database is, for another process."""
    at = connection.settings_dict
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f"&port={at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{quote(at['USER'])}{password}@/{at['NAME']}?host={quote(at['HOST'], safe='/')}{port}"


@contextmanager
def running_product(folder: Path, **environment: str) -> Iterator[Product]:
    """`environment` are settings of its own."""
    log = folder / "web.log"
    process: Program | Forked
    if sys.platform == "linux" and not environment and _loaded().is_right_now():
        url, process = _loaded().url, _loaded().start(log)
    else:
        url, process = _start(log, environment)
    try:
        _wait_until_it_answers(url, process, log)
        yield Product(url, log)
    finally:
        _stop(process)


def _start(log: Path, environment: dict[str, str]) -> tuple[str, Program]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{port}"]
    with log.open("wb") as written:
        return url, Program(command, stdout=written, stderr=written, env=_environment(url) | environment)


def _stop(process: Program | Forked) -> None:
    for _second in range(PATIENCE):
        process.terminate()  # again: a server of which a part is just starting may miss it
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            return
    raise AssertionError("the product did not stop")


def _environment(url: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {
        **ours,
        "DATABASE_URL": database_url(),
        "STAMPWELL_BASE_URL": url,
        "STAMPWELL_DATA": str(settings.DATA_DIR),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": settings.SECRET_KEY,
    }


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: Program | Forked, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise AssertionError(f"the product did not start:\n{log.read_text()}")
        try:
            httpx.get(f"{url}/api/v1/me", timeout=5)
        except httpx.TransportError:
            time.sleep(0.01)
            continue
        return
    raise AssertionError(f"the product did not answer within a minute:\n{log.read_text()}")

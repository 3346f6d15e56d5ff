"""Runs the product as people get it: real web processes, real HTTP, the test's own database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
from django.conf import settings
from django.db import connection

from tests.processes import Program

PATIENCE = 60  # seconds


class Product:
    def __init__(self, url: str, process: Program, log: Path) -> None:
        self.url, self.process, self.log = url, process, log


def database_url() -> str:
    """Where this test's database is, for another process."""
    at = connection.settings_dict
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f"&port={at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{quote(at['USER'])}{password}@/{at['NAME']}?host={quote(at['HOST'], safe='/')}{port}"


@contextmanager
def running_product(folder: Path, **environment: str) -> Iterator[Product]:
    """`environment` are settings of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{port}"]
    with (folder / "web.log").open("wb") as log:
        process = Program(command, stdout=log, stderr=log, env=_environment(url) | environment)
    try:
        _wait_until_it_answers(url, process, folder / "web.log")
        yield Product(url, process, folder / "web.log")
    finally:
        _stop(process)


def _stop(process: Program) -> None:
    for _second in range(PATIENCE):
        process.terminate()  # again: a server of which a part is just starting may miss it
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            return
    raise AssertionError("the product did not stop")


def _environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_BASE_URL": url,
        "STAMPWELL_DATA": str(settings.DATA_DIR),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": settings.SECRET_KEY,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: Program, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise AssertionError(f"the product did not start:\n{log.read_text()}")
        try:
            httpx.get(f"{url}/api/v1/me", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"the product did not answer within a minute:\n{log.read_text()}")

"""The place of measuring: the embedded server's databases, and the product served from them as `bin/dev` does."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection

from bench.processes import processor_seconds
from stampwell.database.account import choose_account
from stampwell.database.places import Places
from stampwell.database.programs import find_programs


def places() -> Places:
    return Places(settings.DATA_DIR.absolute() / "database")


def program(name: str) -> str:
    """Of the same release as the server."""
    return str(find_programs(choose_account(places().cluster)) / name)


def superuser_url(url: str) -> str:
    """For seeding: only a superuser may leave foreign keys unchecked."""
    parts = urlsplit(url)
    password = quote(places().password("postgres").read_text(), safe="")
    return urlunsplit(parts._replace(netloc=f"postgres:{password}@"))


def fresh_database(url: str, name: str, *, template: str = "") -> str:
    """A copy of the migrated, empty database, and from now on the one that this process works in."""
    connection.close()
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {name}")
        session.execute(f"CREATE DATABASE {name} TEMPLATE {template or urlsplit(url).path.lstrip('/')}")
    work_in(name)
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def work_in(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def require_durable(url: str) -> None:
    """A yardstick that forgets at a power cut would be none."""
    with psycopg.connect(url) as session:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = session.execute(f"SHOW {name}").fetchone()
            assert row == ("on",), f"{name} is {row}"


def come_to_rest(url: str) -> None:
    """Begins each measurement with nothing left to write of the one before."""
    with psycopg.connect(superuser_url(url), autocommit=True) as session:
        session.execute("CHECKPOINT")


@dataclass(frozen=True)
class Served:
    """The running product: where it answers, and whose processor time is its own."""

    port: int
    web: int

    def processor_seconds(self) -> tuple[float, float]:
        """Of all web processes, and of all of PostgreSQL."""
        return processor_seconds(self.web), database_seconds()


def database_seconds() -> float:
    return processor_seconds(postmaster(places()))


def postmaster(database: Places) -> int:
    return int((database.cluster / "postmaster.pid").read_text().split()[0])


@contextmanager
def served(url: str, folder: Path, settings: Mapping[str, str] = {}) -> Iterator[Served]:
    """The product over this database."""
    port = free_port()
    log = folder / f"web-{port}.log"
    command = [sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{port}"]
    with log.open("wb") as stream:
        web = subprocess.Popen(command, env=_environment(url, settings), stdout=stream, stderr=stream)
        try:
            _wait_for_answers(web, port, log)
            yield Served(port, web.pid)
        finally:
            web.terminate()
            web.wait(timeout=20)


@contextmanager
def working(url: str, folder: Path, settings: Mapping[str, str] = {}) -> Iterator[None]:
    """The worker over this database, beside what is served."""
    command = [sys.executable, "-m", "stampwell", "worker"]
    with (folder / "worker.log").open("wb") as stream:
        worker = subprocess.Popen(command, env=_environment(url, settings), stdout=stream, stderr=stream)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=20)


def _environment(url: str, settings: Mapping[str, str]) -> dict[str, str]:
    asked_for = {"DATABASE_URL": url, "STAMPWELL_BASE_URL": "http://127.0.0.1"}  # the host
    return {**os.environ, **asked_for, **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_answers(web: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    while web.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as stream:
                stream.sendall(b"GET /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if stream.recv(20).startswith(b"HTTP/1.1 401"):
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the product did not start:\n{log.read_text()}")

"""A server of one's own that takes nobody without TLS and a certificate: it is backed up, and restored into, by TLS."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.backups.places import command_environment, rows_of
from tests.certificates import Chain, make_chain
from tests.other_server import find_programs, running_server
from tests.serving import free_port

PROGRAMS = find_programs()
pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL of the system: apt-get install postgresql."),
]


class Server:
    """Its clients verify its name, and show a certificate of their own."""

    def __init__(self, port: int, theirs: Chain, ours: Chain) -> None:
        self.port, self.theirs, self.ours = port, theirs, ours

    def url(self, database: str = "stampwell", **changes: str) -> str:
        given = {
            "sslmode": "verify-full",
            "sslrootcert": str(self.theirs.root),
            "sslcert": str(self.ours.pair.certificate),
            "sslkey": str(self.ours.pair.key),
            **changes,
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in given.items())
        return f"postgresql://stampwell@localhost:{self.port}/{database}?{query}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    begins = datetime.now(UTC) - timedelta(days=1)
    theirs, ours = (make_chain(tmp_path / name, name, begins) for name in ("localhost", "stampwell"))
    ours.pair.key.chmod(0o600)
    files = {
        "server.crt": theirs.pair.certificate.read_bytes(),
        "server.key": theirs.pair.key.read_bytes(),
        "clients.crt": ours.root.read_bytes(),
    }
    tls = {"ssl": "on", "ssl_ca_file": "clients.crt", "listen_addresses": "127.0.0.1"}
    assert PROGRAMS is not None
    rules, port = "hostssl all all 127.0.0.1/32 cert", free_port()
    with running_server(PROGRAMS, rules=rules, files=files, port=port, **tls):
        yield Server(port, theirs, ours)


def test_a_database_behind_tls_is_backed_up_and_restored(server: Server, tmp_path: Path) -> None:
    succeed(server.url(), tmp_path / "data", "migrate", "--verbosity=0")
    before = rows_of(server.url())

    succeed(server.url(), tmp_path / "data", "backup", str(tmp_path / "shop.tar"))
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
    succeed(server.url("another"), tmp_path / "restored", "restore", str(tmp_path / "shop.tar"))

    after = rows_of(server.url("another"))
    assert before.keys() == after.keys()
    assert before["public.django_migrations"] == after["public.django_migrations"]
    assert sum(len(rows) for rows in before.values()) > 50


def test_a_pg_dump_that_is_too_old_for_the_address_is_named(server: Server, tmp_path: Path) -> None:
    """Version 16 was the first to know `require_auth`; ours does."""
    if PROGRAMS is None or int(PROGRAMS.parts[-2]) > 15:
        pytest.skip("The pg_dump of this system is new enough.")
    succeed(server.url(), tmp_path / "data", "migrate", "--verbosity=0")

    done = run(server.url(require_auth="none"), tmp_path / "data", "backup", str(tmp_path / "shop.tar"))

    assert done.returncode == 1
    assert "is of version 15 and does not know a setting of the connection. Install a newer" in done.stderr
    assert not (tmp_path / "shop.tar").exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_does_not_fit_is_told_and_nothing_is_written(server: Server, tmp_path: Path, command: str) -> None:
    if command == "restore":
        succeed(server.url(), tmp_path / "data", "migrate", "--verbosity=0")
        succeed(server.url(), tmp_path / "data", "backup", str(tmp_path / "shop.tar"))
    stranger = server.url(sslrootcert=str(server.ours.root))

    done = run(stranger, tmp_path / "fresh", command, str(tmp_path / "shop.tar"))

    assert done.returncode == 1
    assert "sslrootcert" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "shop.tar").exists() == (command == "restore")


def succeed(url: str, data: Path, *arguments: str) -> None:
    done = run(url, data, *arguments)
    assert done.returncode == 0, done.stderr


def run(url: str, data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "stampwell", *arguments]
    environment = command_environment(url, data, STAMPWELL_SETTINGS="")
    return subprocess.run(command, env=environment, capture_output=True, text=True)

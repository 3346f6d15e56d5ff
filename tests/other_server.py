"""Another PostgreSQL than ours, as somebody else runs it: `python -m tests.other_server PROGRAMS -- COMMAND …`.

The command finds it in DATABASE_URL, with a role that is nothing but the owner of its database and may create others.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from stampwell.database.account import Account, own_account
from tests.database.folders import data_folder
from tests.processes import Program

PATIENCE = 60  # seconds
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # nothing of it is kept


@dataclass(frozen=True)
class OtherServer:
    folder: Path
    port: int
    superuser: str
    password: str
    account: Account

    @property
    def url(self) -> str:
        return f"postgresql://stampwell:{self.password}@/stampwell?host={self.folder}&port={self.port}"

    @property
    def superuser_url(self) -> str:
        return f"postgresql://postgres:{self.superuser}@/postgres?host={self.folder}&port={self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


def find_programs(version: int | None = None) -> Path | None:
    """Of the system, as Debian and PostgreSQL's own packages lay them; the newest unless a version is wanted."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"{version or '*'}/bin/initdb"), key=lambda file: file.parts[-3])
    return found[-1].parent if found else None


@contextmanager
def running_server(
    programs: Path, *, port: int = 5432, rules: str = "", files: dict[str, bytes] | None = None, **settings: str
) -> Iterator[OtherServer]:
    """`rules` stand in pg_hba.conf beside the socket's; `files` are put into the cluster, for the server alone."""
    account = own_account() if os.geteuid() == 0 else Account(os.geteuid(), os.getegid())
    with data_folder() as folder:
        os.chown(folder, account.uid, account.gid)
        server = OtherServer(folder, port, secrets.token_urlsafe(12), secrets.token_urlsafe(12), account)
        _make_cluster(server, programs, rules, files or {})
        given = {"unix_socket_directories": str(folder), "listen_addresses": "", "port": str(port), **QUICK, **settings}
        options = [f"--{name}={value}" for name, value in given.items()]
        with (folder / "log").open("wb") as log:
            command: list[str | Path] = [programs / "postgres", "-D", folder / "cluster", *options]
            process = Program(command, stdout=log, stderr=log, **_as(account))
        try:
            _make_role(server, process)
            yield server
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            process.kill()
            process.wait()


def _as(account: Account) -> dict[str, Any]:
    return {} if account.is_caller else {"user": account.uid, "group": account.gid, "extra_groups": []}


def _make_cluster(server: OtherServer, programs: Path, rules: str, files: dict[str, bytes]) -> None:
    password, cluster = server.folder / "password", server.folder / "cluster"
    password.write_text(server.superuser)
    password.chmod(0o644)
    done = server.account.run(
        str(programs / "initdb"),
        f"--pgdata={cluster}",
        "--username=postgres",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    assert done.returncode == 0, done.stderr
    for name, content in files.items():
        (cluster / name).write_bytes(content)
        (cluster / name).chmod(0o600)
        os.chown(cluster / name, server.account.uid, server.account.gid)
    hba = cluster / "pg_hba.conf"
    hba.write_text(f"local all all scram-sha-256\n{rules}\n")


def _make_role(server: OtherServer, process: Program) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, server.log
        try:
            with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
                superuser.execute(f"CREATE ROLE stampwell LOGIN CREATEDB PASSWORD '{server.password}'".encode())
                superuser.execute("CREATE DATABASE stampwell OWNER stampwell")
            return
        except psycopg.OperationalError:
            assert time.monotonic() < ends, server.log
            time.sleep(0.05)


def _link_libraries(programs: Path) -> None:
    """npm's packages leave links out, and name them in a file."""
    package = programs.parent.parent
    listed = package / "native" / "pg-symlinks.json"
    for link in json.loads(listed.read_text()) if listed.exists() else []:
        source, target = package / link["source"], package / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))  # so that nothing of it is left
    programs, _dashes, *command = sys.argv[1:]
    _link_libraries(Path(programs))
    with running_server(Path(programs)) as server:
        with psycopg.connect(server.url) as link:
            print(f"PostgreSQL {link.info.server_version}", file=sys.stderr, flush=True)
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.url}).returncode


if __name__ == "__main__":
    sys.exit(main())

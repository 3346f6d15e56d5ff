"""PgBouncer in front of the test's database: each transaction gets whichever connection is free."""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

from stampwell.database.account import choose_account
from tests.database.folders import data_folder
from tests.processes import Program
from tests.serving import free_port

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
WHY_SKIPPED = "There is no pgbouncer on this machine: apt-get install pgbouncer."
PATIENCE = 30  # seconds
SERVER_CONNECTIONS = 5


class Pooler:
    def __init__(self, port: int, process: Program, log: Path) -> None:
        self.port, self.process, self.log = port, process, log

    def url(self, database: str = "") -> str:
        at = connection.settings_dict
        user, password = quote(at["USER"]), quote(at["PASSWORD"], safe="")
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database or at['NAME']}"

    def open_anew(self) -> None:
        """What its operator types where the server's settings have changed."""
        with psycopg.connect(self.url("pgbouncer"), autocommit=True) as console:
            console.execute("RECONNECT", prepare=False)


@contextmanager
def running_pooler(**settings_: str) -> Iterator[Pooler]:
    """`settings_` are lines of its [pgbouncer] section."""
    assert PROGRAM is not None, WHY_SKIPPED
    with data_folder() as folder:
        port, log = free_port(), folder / "log"
        file = _write_settings(folder, port, settings_)
        account = choose_account(settings.DATA_DIR / "database" / "cluster")
        owner = {} if account.is_caller else {"user": account.uid, "group": account.gid, "extra_groups": []}
        with log.open("wb") as said:
            process = Program([PROGRAM, file], stdout=said, stderr=said, **owner)
        try:
            _wait_until_it_listens(port, process, log)
            yield Pooler(port, process, log)
        finally:
            process.kill()
            process.wait()


def _write_settings(folder: Path, port: int, settings_: dict[str, str]) -> Path:
    at = connection.settings_dict
    place = f"host={at['HOST']} port={at['PORT'] or 5432} dbname={at['NAME']}"
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "plain",
        "auth_file": str(folder / "users"),
        "pool_mode": "transaction",
        "admin_users": at["USER"],
        "default_pool_size": str(SERVER_CONNECTIONS),
        **settings_,
    }
    (folder / "users").write_text(f'"{at["USER"]}" "{at["PASSWORD"]}"\n')
    file = folder / "pgbouncer.ini"
    said = "\n".join(f"{name} = {value}" for name, value in lines.items())
    file.write_text(f"[databases]\n{at['NAME']} = {place}\n[pgbouncer]\n{said}\n")
    return file


def _wait_until_it_listens(port: int, process: Program, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(f"pgbouncer does not listen:\n{log.read_text()}")

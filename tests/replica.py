"""A replica of the test's own database server: a copy that follows its log, as an operator would set it up."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

from stampwell.database.account import Account, choose_account
from stampwell.database.programs import find_programs
from tests.database.folders import data_folder
from tests.other_server import QUICK, _as
from tests.processes import Program

PATIENCE = 120  # seconds
WHY_SKIPPED = "The tests' database is none of ours: its superuser, who may copy it, is not known."


@dataclass(frozen=True)
class RunningReplica:
    folder: Path
    superuser: str

    @property
    def url(self) -> str:
        at = connection.settings_dict
        return f"postgresql://{at['USER']}:{quote(at['PASSWORD'], safe='')}@/{at['NAME']}?host={self.folder}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def ask(self, sql: str) -> object:
        """As its superuser."""
        at = f"host={self.folder} user=postgres password={self.superuser} dbname={connection.settings_dict['NAME']}"
        with psycopg.connect(at, autocommit=True) as link:
            row = link.execute(sql.encode()).fetchone()
            return row and row[0]

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """It answers, and replays nothing."""
        self.ask("SELECT pg_wal_replay_pause()")
        ends = time.monotonic() + PATIENCE
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            assert time.monotonic() < ends, self.log
        try:
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()")


def superuser_password() -> str:
    """Of the embedded server that `bin/test` runs; "" where the database is another one."""
    place = _folder() / "password-postgres"
    return place.read_text() if place.exists() else ""


def _folder() -> Path:
    """The socket lies in it."""
    return Path(connection.settings_dict["HOST"]).parent


@contextmanager
def running_replica() -> Iterator[RunningReplica]:
    account = choose_account(_folder() / "cluster")
    programs = find_programs(account)
    with data_folder() as folder:
        os.chown(folder, account.uid, account.gid)
        replica = RunningReplica(folder, superuser_password())
        _copy(replica, programs, account)
        given = {
            "unix_socket_directories": str(folder),
            "listen_addresses": "",
            "port": "5432",
            "hot_standby": "on",
            "shared_buffers": "32MB",
            "log_statement": "all",
            **QUICK,
        }
        for least in ("max_connections", "max_worker_processes", "max_wal_senders", "max_locks_per_transaction"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting(%s)", [least])
                (given[least],) = cursor.fetchone()
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            folder / "cluster",
            *(f"--{key}={value}" for key, value in given.items()),
        ]
        with (folder / "log").open("wb") as log:
            process = Program(command, stdout=log, stderr=log, **_as(account))
        try:
            _wait_until_it_answers(replica, process)
            yield replica
        finally:
            process.send_signal(signal.SIGINT)  # it would wait for our connections to leave
            process.wait()


def _copy(replica: RunningReplica, programs: Path, account: Account) -> None:
    at = connection.settings_dict
    primary = f"host={at['HOST']} port={at['PORT'] or 5432} user=postgres password={replica.superuser}"
    target = f"--pgdata={replica.folder / 'cluster'}"
    options = ("--wal-method=stream", "--checkpoint=fast", "--no-sync", "--no-manifest", "--write-recovery-conf")
    done = account.run(str(programs / "pg_basebackup"), f"--dbname={primary}", target, *options)
    assert done.returncode == 0, re.sub(r"password=\S+", "", done.stderr)


def _wait_until_it_answers(replica: RunningReplica, process: Program) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert process.poll() is None, replica.log
        with suppress(psycopg.OperationalError):
            replica.ask("SELECT 1")
            return
        time.sleep(0.05)
    raise AssertionError(replica.log)

"""A start after a bad end: whatever postmaster.pid says, the server comes up and the data is there."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from stampwell.database import running_server
from stampwell.database.leftovers import is_server_of, recorded_pid
from stampwell.database.places import Places
from stampwell.database.programs import find_programs
from tests.database.folders import account_of, data_folder
from tests.database.test_starting import silent
from tests.processes import Program

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data folder whose database was used once and stopped."""
    with data_folder() as folder:
        with running_server(folder, silent) as url, psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE cup AS SELECT 7 AS size")
        yield folder


@pytest.fixture
def stopped(data_dir: Path, used: Path) -> Path:
    """The cluster of such a folder, a test's own one."""
    subprocess.run(["cp", "-a", used / "database", data_dir], check=True)
    return data_dir / "database/cluster"


@contextmanager
def process_of_the_same_user(data_dir: Path, *command: str) -> Iterator[Program]:
    """A process that PostgreSQL's own check would take for the former server."""
    account = account_of(data_dir)
    user = None if account.is_caller else account.uid
    process = Program(command, user=user, cwd="/")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def write_pid_file(data_dir: Path, pid: int) -> None:
    file = data_dir / "database/cluster/postmaster.pid"
    file.write_text(f"{pid}\n{data_dir}\n1\n5432\n{data_dir}\n\n  123456         0\nready   \n")
    account = account_of(data_dir)
    os.chown(file, account.uid, account.gid)


def assert_starts(data_dir: Path) -> None:
    with running_server(data_dir, silent) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT size FROM cup").fetchall() == [(7,)]


def test_a_stale_pid_of_a_living_stranger_does_not_stop_the_start(data_dir: Path, stopped: Path) -> None:
    with process_of_the_same_user(data_dir, "sleep", "60") as stranger:
        write_pid_file(data_dir, stranger.pid)

        assert_starts(data_dir)

        assert stranger.poll() is None


def test_a_stale_lock_of_the_socket_does_not_stop_the_start(data_dir: Path, stopped: Path) -> None:
    """After a power cut its number is easily that of another process, which PostgreSQL then takes for the server."""
    with process_of_the_same_user(data_dir, "sleep", "60") as stranger:
        lock = data_dir / "database/socket/.s.PGSQL.5432.lock"
        lock.write_text(f"{stranger.pid}\n{stopped}\n1\n5432\n{lock.parent}\n")
        lock.with_suffix("").touch()

        assert_starts(data_dir)

        assert stranger.poll() is None


def test_a_stale_pid_of_a_zombie_does_not_stop_the_start(data_dir: Path, stopped: Path) -> None:
    with process_of_the_same_user(data_dir, "true") as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # dead, and left unburied
        write_pid_file(data_dir, zombie.pid)

        assert not is_server_of(zombie.pid, stopped)
        assert_starts(data_dir)


def test_a_stale_pid_of_nobody_does_not_stop_the_start(data_dir: Path, stopped: Path) -> None:
    with process_of_the_same_user(data_dir, "true") as gone:
        gone.wait()
        write_pid_file(data_dir, gone.pid)

        assert_starts(data_dir)


@pytest.mark.parametrize("content", ["", "no number\n", "-1\n"])
def test_a_broken_pid_file_does_not_stop_the_start(data_dir: Path, stopped: Path, content: str) -> None:
    write_pid_file(data_dir, 1)
    (stopped / "postmaster.pid").write_text(content)

    assert_starts(data_dir)


def test_an_orphaned_server_is_stopped_cleanly(data_dir: Path, stopped: Path) -> None:
    said: list[str] = []
    programs = find_programs(account_of(data_dir))
    socket_folder = Places(data_dir / "database").cluster.with_name("socket")
    options = ("-c", "listen_addresses=", "-k", str(socket_folder))
    command = (str(programs / "postgres"), "-D", str(stopped), *options)
    with process_of_the_same_user(data_dir, *command) as orphan:
        while recorded_pid(stopped) != orphan.pid or "ready" not in (stopped / "postmaster.pid").read_text():
            assert orphan.poll() is None

        with running_server(data_dir, said.append) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT size FROM cup").fetchall() == [(7,)]

        assert said == [f"A server of an earlier start (process {orphan.pid}) is still running; stopping it."]
        assert orphan.wait() == 0


def test_a_stop_ends_the_server_and_every_connection(data_dir: Path, stopped: Path) -> None:
    with running_server(data_dir, silent) as url:
        pid = recorded_pid(stopped)
        assert pid is not None
        connection = psycopg.connect(url)

    assert recorded_pid(stopped) is None
    assert not is_server_of(pid, stopped)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


def test_a_half_made_database_is_made_again(data_dir: Path) -> None:
    """A start that was killed in the middle of making the cluster leaves nothing that counts."""
    unfinished = data_dir / "database/cluster-in-the-making/cluster"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with running_server(data_dir, silent) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_signal_that_ends_the_keeper_also_ends_the_server(data_dir: Path, stopped: Path) -> None:
    keeper = keeper_process(data_dir)
    pid = recorded_pid(stopped)
    assert pid is not None

    keeper.send_signal(signal.SIGTERM)

    assert keeper.wait() == 130
    assert not is_server_of(pid, stopped)
    assert not (data_dir / "database/address").exists()


def keeper_process(data_dir: Path) -> Program:
    """A keeper in a process of its own, when its server takes connections."""
    command = [sys.executable, "-m", "stampwell.database", "--data", str(data_dir)]
    keeper = Program(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert keeper.stdout is not None
    assert keeper.stdout.readline().startswith(b"DATABASE_URL=")
    keeper.stdout.close()
    return keeper

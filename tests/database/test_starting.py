"""What a started embedded database is, and who may start it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from stampwell.database import DatabaseTrouble, FolderInUse, find_running_server, running_server
from tests.database.folders import data_folder

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]


def silent(text: str) -> None:
    """The tests that need the messages collect them in a list."""


def setting(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


class Started(NamedTuple):
    folder: Path
    url: str


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    """For tests that change nothing of it: to make one takes seconds."""
    with data_folder() as folder, running_server(folder, silent) as url:
        yield Started(folder, url)


def test_the_data_survives_a_stop_and_a_start(data_dir: Path) -> None:
    with running_server(data_dir, silent) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE cup AS SELECT 7 AS size")

    assert find_running_server(data_dir) is None
    with running_server(data_dir, silent) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT size FROM cup").fetchall() == [(7,)]


def test_nobody_enters_without_the_password(started: Started) -> None:
    nameless = started.url.replace(started.url.split(":")[2].split("@")[0], "wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(nameless)
    hba = (started.folder / "database/cluster/pg_hba.conf").read_text()
    assert {line.split()[-1] for line in hba.splitlines() if line and line[0] != "#"} == {"scram-sha-256"}


def test_the_application_makes_databases_but_is_no_superuser(started: Started) -> None:
    with psycopg.connect(started.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")

        assert connection.execute(
            "SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (True, False)


def test_every_confirmed_write_is_on_the_disk_and_no_port_is_open(started: Started) -> None:
    promised = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "max_wal_size": "1GB",
        "listen_addresses": "",
        "server_encoding": "UTF8",
    }

    assert {name: setting(started.url, name) for name in promised} == promised


def test_letters_of_every_language_have_upper_and_lower_case(started: Started) -> None:
    with psycopg.connect(started.url) as connection:
        assert connection.execute("SELECT upper('ķõқ')").fetchone() == ("ĶÕҚ",)


def test_a_second_start_on_the_same_folder_is_refused_and_names_the_first(started: Started) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "stampwell.database", "--data", str(started.folder)],
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert f"{started.folder} is in use by process" in second.stderr
    assert setting(started.url, "fsync") == "on"


def test_a_second_start_in_the_same_process_is_refused(started: Started) -> None:
    with (
        pytest.raises(FolderInUse, match="Stop that one first"),
        running_server(started.folder, silent),
    ):
        pass


def test_a_command_joins_the_server_that_runs_already(started: Started) -> None:
    command = ["-c", "import os; print(os.environ['DATABASE_URL'])"]
    joined = subprocess.run(
        [
            sys.executable,
            "-m",
            "stampwell.database",
            "--data",
            str(started.folder),
            "--",
            sys.executable,
            *command,
        ],
        capture_output=True,
        text=True,
    )

    assert joined.stdout.strip() == started.url
    assert setting(started.url, "fsync") == "on"  # it goes on when the command has ended


def test_a_command_hands_on_its_exit_code(data_dir: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "stampwell.database",
        "--data",
        str(data_dir),
        "--",
        "sh",
        "-c",
        "exit 3",
    ]

    assert subprocess.run(command, capture_output=True).returncode == 3


def test_a_folder_that_cannot_be_made_is_named(data_dir: Path) -> None:
    (data_dir / "file").write_text("in the way")

    with (
        pytest.raises(DatabaseTrouble, match=r"file/shop cannot be written \(Not a directory\)"),
        running_server(data_dir / "file/shop", silent),
    ):
        pass


def test_a_database_of_another_version_is_refused(data_dir: Path) -> None:
    with running_server(data_dir, silent):
        pass
    (data_dir / "database/cluster/PG_VERSION").write_text("14\n")

    with (
        pytest.raises(DatabaseTrouble, match="was made by PostgreSQL 14"),
        running_server(data_dir, silent),
    ):
        pass


def test_a_server_that_cannot_start_says_its_last_words(data_dir: Path) -> None:
    with running_server(data_dir, silent):
        pass
    (data_dir / "database/cluster/postgresql.conf").write_text("shared_preload_libraries = 'no_such_library'\n")

    with (
        pytest.raises(DatabaseTrouble, match="Its last words: could not access file"),
        running_server(data_dir, silent),
    ):
        pass


def test_the_servers_log_holds_no_statement_and_no_row(data_dir: Path) -> None:
    """They hold what people typed in, and what opens their cards."""
    with running_server(data_dir, silent) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE guest (email text UNIQUE CHECK (email <> 'di@lume.example'))")
        connection.execute("INSERT INTO guest VALUES ('cy@lume.example')")
        for email in ("cy@lume.example", "di@lume.example"):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(f"INSERT INTO guest VALUES ('{email}')")

    log = (data_dir / "database/log").read_text()
    assert "duplicate key value violates unique constraint" in log
    assert "lume.example" not in log

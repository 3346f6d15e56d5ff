"""`stampwell upgrade` over the tables of an earlier release: a backup, then step by step, whatever interrupts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db.migrations.executor import MigrationExecutor

from stampwell.database.lock import locked
from stampwell.management.data_folder import open_installation
from tests.backups.places import END_CLIENTS
from tests.processes import Program
from tests.serving import PATIENCE, database_url

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.machine_clock]
ROOT = Path(__file__).resolve().parents[2]
EARLIER = "0019_shift_number"
MAKE = f"""
from django.core.management import call_command
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "stampwell", "{EARLIER}", verbosity=0)
for app, _newest in MigrationExecutor(None).loader.graph.leaf_nodes():
    if app != "stampwell":
        call_command("migrate", app, verbosity=0)
"""
STEPS = "SELECT name FROM django_migrations WHERE app = 'stampwell' ORDER BY name"


@dataclass
class Installation:
    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    def upgrade(self, *words: str, command: str = "upgrade") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "stampwell", command, *words],
            env=self.surroundings(),
            cwd=self.folder,
            capture_output=True,
            text=True,
        )

    def surroundings(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.url,
            "STAMPWELL_SETTINGS": "",
            "STAMPWELL_DATA": str(self.folder / "data"),
            "STAMPWELL_BASE_URL": "http://127.0.0.1:8000",
            "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
            **self.settings,
        }

    @contextmanager
    def begun(self) -> "Iterator[subprocess.Popen[bytes]]":
        """An upgrade in its first step; it is killed at the end of the block."""
        command = [sys.executable, "-m", "stampwell", "upgrade"]
        process = Program(command, stderr=subprocess.PIPE, cwd=self.folder, env=self.surroundings())
        assert process.stderr
        with process.stderr as said:
            while not re.match(rb"\d+ of \d+: 0020", said.readline()):
                assert process.poll() is None
            process.send_signal(signal.SIGSTOP)  # so that it stays there
            yield process
            process.kill()
            process.wait(timeout=PATIENCE)
        end_clients(urlsplit(self.url).path.lstrip("/"))

    def begin_and_kill(self) -> None:
        with self.begun():
            pass

    def steps(self) -> list[str]:
        with psycopg.connect(self.url) as session:
            return [str(name) for (name,) in session.execute(STEPS)]

    def backups(self) -> list[Path]:
        return sorted((self.folder / "data" / "before-upgrade").glob("*.tar"))


def newest() -> str:
    return next(str(name) for app, name in MigrationExecutor(None).loader.graph.leaf_nodes() if app == "stampwell")


@contextmanager
def database(name: str, *, template: str = "template1") -> Iterator[str]:
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlunsplit(urlsplit(database_url())._replace(path=f"/{name}"))
        finally:
            end_clients(name)
            session.execute(f"DROP DATABASE {name}")


def end_clients(name: str) -> None:
    """Of a program that was killed the server hears late."""
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(END_CLIENTS, [name])


@pytest.fixture(scope="module")
def earlier(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tables of an earlier release, made once."""
    name = f"earlier_{os.getpid()}"
    with database(name) as url:
        made = Installation(tmp_path_factory.mktemp("earlier"), url).upgrade("-c", MAKE, command="shell")
        assert made.returncode == 0, made.stderr
        yield name


@pytest.fixture
def installation(earlier: str, tmp_path: Path) -> Iterator[Installation]:
    with database(f"upgraded_{os.getpid()}", template=earlier) as url:
        yield Installation(tmp_path, url)


def test_an_upgrade_backs_up_takes_each_step_and_says_what_to_do_now(installation: Installation) -> None:
    done = installation.upgrade()

    assert done.returncode == 0, done.stderr
    [backup] = installation.backups()
    lines = done.stderr.splitlines()
    assert lines.index(f"Wrote {backup}") < lines.index(f"1 of {done.stderr.count('To do: ')}: 0020_receipts_by_place")
    assert "Start it now, such as with `systemctl start stampwell`." in lines[-1]
    assert installation.steps()[-1] == newest()
    assert backup.stat().st_mode & 0o777 == 0o600

    again = installation.upgrade()

    assert (again.returncode, len(again.stderr.splitlines())) == (0, 1), again.stderr
    assert installation.backups() == [backup]


def test_a_plan_changes_nothing(installation: Installation) -> None:
    done = installation.upgrade("--plan")

    assert done.returncode == 0, done.stderr
    assert "To do: 0021_pin_length. It locks `staff_member` for a moment." in done.stderr.splitlines()
    assert done.stderr.splitlines()[-1] == "Stampwell has to be stopped meanwhile."
    assert installation.steps()[-1] == EARLIER
    assert installation.backups() == []


def test_what_breaks_the_release_before_is_not_done_while_it_serves(installation: Installation) -> None:
    open_installation(installation.folder / "data")
    with locked(installation.folder / "data" / "serving-worker.lock"):
        served = installation.upgrade()
    with psycopg.connect(installation.url):
        elsewhere = installation.upgrade()

    assert (served.returncode, elsewhere.returncode) == (1, 1)
    assert "(0020_receipts_by_place), and what serves this data folder works with the database." in served.stderr
    assert "somebody else, perhaps on another machine, works with the database. Stop Stampwell" in elsewhere.stderr
    assert installation.steps()[-1] == EARLIER
    assert installation.backups() == []


def test_without_a_backup_nothing_is_changed(installation: Installation) -> None:
    file = installation.folder / "there"
    file.write_text("already")

    done = installation.upgrade("--backup", str(file))
    nowhere = installation.upgrade("--backup", str(installation.folder / "no" / "such" / "folder.tar"))

    assert (done.returncode, nowhere.returncode) == (1, 1)
    assert f"There is a {file} already." in done.stderr
    assert "Without a backup nothing is changed." in done.stderr
    assert "folder.tar cannot be written (No such file or directory)." in nowhere.stderr
    assert installation.steps()[-1] == EARLIER
    assert file.read_text() == "already"


def test_an_upgrade_that_is_killed_is_taken_up_again(installation: Installation) -> None:
    """The backup of before stays: from that of half-way tables the release before could not be had back."""
    installation.begin_and_kill()
    [before] = installation.backups()

    done = installation.upgrade()

    assert done.returncode == 0, done.stderr
    assert installation.steps()[-1] == newest()
    assert f"The backup of then is kept: {before}" in done.stderr
    assert before in installation.backups()
    assert not (before.parent / "begun").exists()


def test_where_backups_are_planned_the_one_of_before_is_kept_as_well(installation: Installation) -> None:
    folder = installation.folder / "planned"
    folder.mkdir()
    installation.settings = {"STAMPWELL_BACKUP_TO": str(folder), "STAMPWELL_BACKUP_KEEP": "1d"}
    installation.begin_and_kill()
    [before] = folder.iterdir()

    done = installation.upgrade()

    assert done.returncode == 0, done.stderr
    assert before.name.endswith("Z-before-0020_receipts_by_place.tar")
    assert before.exists()
    assert len(list(folder.iterdir())) == 2


def test_one_upgrade_at_a_time(installation: Installation) -> None:
    with installation.begun() as first:
        second = installation.upgrade()
        assert first.poll() is None

    assert second.returncode == 1
    assert second.stderr == (
        "Another `stampwell upgrade` is at work in this data folder. Wait until it has ended. Nothing was changed.\n"
    )


def test_data_of_a_newer_release_is_refused_in_words(installation: Installation) -> None:
    with psycopg.connect(installation.url) as session:
        session.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('stampwell', '9999_later', now())")

    done = installation.upgrade()

    assert done.returncode == 1
    assert done.stderr.startswith("A newer release has worked with this database: it made the change 9999_later")
    assert installation.backups() == []

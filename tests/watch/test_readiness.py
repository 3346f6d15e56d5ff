"""Whoever asks whether the server is ready hears it soon, whatever the database does."""

import threading
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from stampwell import release
from stampwell.clock import stopped_at
from stampwell.release import known_migrations
from stampwell.watch import disk
from stampwell.watch.health import Health, Readiness, look
from stampwell.watch.heartbeat import LATE, beat
from tests.moments import START

PATIENCE = 60  # seconds
WELL = Health(status="ready", database="ok", migrations="ok", worker="ok", disk="ok")


class Asker:
    def __init__(self) -> None:
        self.heard: list[Health] = []
        self._some = threading.Semaphore(0)

    def tell(self, health: Health) -> None:
        self.heard.append(health)
        self._some.release()

    def wait(self) -> Health:
        assert self._some.acquire(timeout=PATIENCE), "nobody answered"
        return self.heard[-1]


class HangingDatabase:
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.go, self.looks = threading.Event(), 0

    def look(self) -> Health:
        self.looks += 1
        assert self.go.wait(PATIENCE)
        return WELL


def test_many_who_ask_at_once_cost_one_look() -> None:
    database, askers = HangingDatabase(), [Asker() for _number in range(20)]
    readiness = Readiness(database.look)

    for asker in askers:
        readiness.ask(asker.tell)
    database.go.set()

    assert [asker.wait() for asker in askers] == [WELL] * 20
    assert database.looks == 1


def test_a_database_that_hangs_lets_nobody_wait_and_costs_one_thread() -> None:
    database, first, later = HangingDatabase(), Asker(), Asker()
    readiness = Readiness(database.look, patience=0.01)

    readiness.ask(first.tell)
    assert first.wait().database == "no answer"
    for _time in range(20):
        readiness.ask(later.tell)
        assert later.wait().http_status == HTTPStatus.SERVICE_UNAVAILABLE

    assert database.looks == 1


def test_a_database_that_comes_back_is_noticed() -> None:
    database, asker, waits = HangingDatabase(), Asker(), threading.Event()
    readiness = Readiness(database.look, patience=0.01)
    readiness.ask(asker.tell)
    assert asker.wait().status == "not ready"

    database.go.set()

    for _time in range(PATIENCE * 10):
        readiness.ask(asker.tell)
        if asker.wait() == WELL:
            break
        waits.wait(0.1)
    assert asker.heard[-1] == WELL


def test_a_look_that_fails_is_no_silence() -> None:
    def look() -> Health:
        raise ValueError("something")

    asker = Asker()
    Readiness(look).ask(asker.tell)

    assert asker.wait().status == "not ready"


def test_somebody_who_has_gone_keeps_nobody_waiting() -> None:
    database, asker = HangingDatabase(), Asker()
    readiness = Readiness(database.look)

    def gone(_health: Health) -> None:
        raise ConnectionError

    readiness.ask(gone)
    readiness.ask(asker.tell)
    database.go.set()

    assert asker.wait() == WELL


@pytest.mark.django_db
def test_a_worker_that_is_late_is_a_warning() -> None:
    said = [look().worker]
    beat()
    for later in (timedelta(), LATE, LATE + timedelta(seconds=1), -timedelta(hours=1)):
        with stopped_at(START + later):
            said.append(look().worker)

    assert said == ["never seen", "ok", "ok", "late", "ok"]
    assert look().status == "ready"


@pytest.mark.django_db
def test_a_database_of_an_older_version_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", (known_migrations()[-1],))

    assert (look().status, look().migrations, look().worker) == ("not ready", "missing", "unknown")


@pytest.mark.django_db
def test_the_files_of_the_next_version_do_not_disturb_the_one_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "9999_next.py").touch()
    monkeypatch.setattr(release, "_MIGRATIONS", tmp_path)

    assert known_migrations() == ["9999_next"]
    assert look().status == "ready"


@pytest.mark.django_db
def test_a_disk_that_is_nearly_full_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LEAST_SHARE", 1.1)
    monkeypatch.setattr(disk, "ENOUGH", 1 << 62)

    assert (look().status, look().disk) == ("ready", "nearly full")


@pytest.mark.parametrize(
    ("free", "total", "is_nearly_full"),
    [(9, 100, True), (10, 100, False), (0, 100, True), (51 << 30, 4000 << 30, False), (49 << 30, 4000 << 30, True)],
)
def test_when_a_disk_is_nearly_full(free: int, total: int, *, is_nearly_full: bool) -> None:
    assert disk.Space(free, total).is_nearly_full is is_nearly_full


def test_a_folder_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    assert set(disk.space_below(tmp_path)) == {"data"}
    assert disk.space_below(tmp_path / "gone") == {}


def test_the_newest_migration_is_the_last_of_the_chain() -> None:
    assert (settings.PACKAGE / "migrations" / f"{known_migrations()[-1]}.py").exists()

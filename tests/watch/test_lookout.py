"""The web processes call for help in the place of those who cannot: the worker, and the database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from stampwell.clock import stopped_at
from stampwell.schedule import SCHEDULE
from stampwell.watch.errors import bring_errors, count_recent_errors, forget_old_errors
from stampwell.watch.heartbeat import beat
from stampwell.watch.lookout import Lookout
from stampwell.watch.patience import Patient
from stampwell.watch.rounds import watch_over
from stampwell.web.seen import note_request
from tests.mailbox import letters
from tests.moments import START

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _alarms(settings: Settings) -> None:
    settings.ALARM_TO = ["ops@shop.example"]


@pytest.fixture
def lookout(tmp_path: Path) -> Lookout:
    return Lookout(tmp_path)


def look(after: timedelta, *lookouts: Lookout) -> None:
    with stopped_at(START + after):
        for one in lookouts:
            one.look()


def subjects() -> list[str]:
    return [letter.subject.partition("] ")[2] for letter in letters()]


@contextmanager
def nobody_answers() -> Iterator[None]:
    """As Django says it of a database that is away."""

    def refuse(*_statement: object) -> None:
        raise psycopg.OperationalError("connection refused\nIs the server running?")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db
def test_a_worker_that_stands_still_is_told_by_the_web(lookout: Lookout) -> None:
    beat()
    for minutes in range(40):
        look(minutes * MINUTE, lookout)
    assert subjects() == ["The worker stands still"]

    with stopped_at(START + 40 * MINUTE):
        beat()
    for minutes in range(40, 80):
        with stopped_at(START + minutes * MINUTE):
            beat()
        look(minutes * MINUTE, lookout)

    assert subjects() == ["The worker stands still", "All is well again"]


@pytest.mark.django_db
def test_a_worker_that_starts_soon_is_no_alarm(lookout: Lookout) -> None:
    look(0 * MINUTE, lookout)
    look(2 * MINUTE, lookout)
    with stopped_at(START + 3 * MINUTE):
        beat()
    look(3 * MINUTE, lookout)

    assert subjects() == []


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_by_one_process(tmp_path: Path) -> None:
    beat()
    both = Lookout(tmp_path), Lookout(tmp_path)
    with nobody_answers():
        for minutes in range(10):
            look(minutes * MINUTE, *both)
    assert subjects() == ["The database does not answer"]
    assert "connection refused. Nothing works until it does. (since 23 November 2026, 10:00 UTC)" in letters()[0].body

    with stopped_at(START + 10 * MINUTE):
        beat()
    look(10 * MINUTE, *both)

    assert subjects() == ["The database does not answer", "All is well again"]
    assert not [*tmp_path.iterdir()]


@pytest.mark.django_db
def test_a_database_that_hangs_is_told_too(lookout: Lookout) -> None:
    waits = threading.Event()
    judge = Patient(waits.wait, seconds=0.01)
    for minutes in range(10):
        with stopped_at(START + minutes * MINUTE):
            lookout.look(judge)
    waits.set()

    assert subjects() == ["The database does not answer"]


@pytest.mark.django_db
def test_a_short_outage_is_told_to_nobody(lookout: Lookout) -> None:
    beat()
    for minutes in range(20):
        if minutes % 4:
            with nobody_answers():
                look(minutes * MINUTE, lookout)
        else:
            with stopped_at(START + minutes * MINUTE):
                beat()
            look(minutes * MINUTE, lookout)

    assert subjects() == []


@pytest.mark.django_db
def test_where_nothing_can_be_written_it_is_told_all_the_same(tmp_path: Path) -> None:
    beat()
    lookout = Lookout(tmp_path / "no such folder")
    with nobody_answers():
        for minutes in range(10):
            look(minutes * MINUTE, lookout)
    with stopped_at(START + 10 * MINUTE):
        beat()
    look(10 * MINUTE, lookout)

    assert subjects() == ["The database does not answer", "All is well again"]


@pytest.mark.django_db
def test_many_failures_are_told_by_the_worker(lookout: Lookout) -> None:
    for _time in range(6):
        note_request("GET", "/", 500, 0.1)
        note_request("GET", "/", 503, 0.1)
    look(0 * MINUTE, lookout)
    watch_over()
    assert subjects() == []

    for _time in range(4):
        note_request("GET", "/", 500, 0.1)
    look(1 * MINUTE, lookout)
    with stopped_at(START + MINUTE):
        watch_over()
        assert subjects() == ["Pages fail"]

    assert "In ten minutes 10 requests" in letters()[0].body


@pytest.mark.django_db
def test_errors_that_cannot_be_written_stay_counted(lookout: Lookout) -> None:
    note_request("GET", "/", 500, 0.1)
    with nobody_answers():
        look(0 * MINUTE, lookout)
    bring_errors()

    assert count_recent_errors() == 1
    with stopped_at(START + 11 * MINUTE):
        assert count_recent_errors() == 0
    with stopped_at(START + timedelta(days=3)):
        forget_old_errors()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM server_errors")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_without_an_address_nobody_is_told(settings: Settings, lookout: Lookout) -> None:
    settings.ALARM_TO = []
    for _time in range(10):
        note_request("GET", "/", 500, 0.1)
    bring_errors()

    watch_over()

    assert subjects() == []


def test_the_worker_looks_once_a_minute() -> None:
    assert (MINUTE, watch_over) in SCHEDULE

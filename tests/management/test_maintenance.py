"""Work by hand has no limit for its statements, and waits for locks in short moments that let the shops pass."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from stampwell.management import maintenance
from stampwell.management.maintenance import is_maintenance, take_locks_in_moments
from tests.serving import database_url

pytestmark = pytest.mark.machine_clock

LIMITS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"


def limits() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        statement, lock = cursor.fetchone() or ("", "")
    return statement, lock


@pytest.mark.parametrize(
    ("command", "lifted"), [("migrate", True), ("recount", True), ("worker", False), ("dev", False)]
)
def test_only_what_serves_has_the_limits_of_requests(command: str, *, lifted: bool) -> None:
    assert is_maintenance(["stampwell", command]) is lifted


def test_a_command_by_hand_has_no_limit_for_its_statements(db: None) -> None:
    code = f"from django.db import connection as c; k = c.cursor(); k.execute({LIMITS!r}); print(*k.fetchone())"
    command = [sys.executable, "-m", "stampwell", "shell", "--verbosity", "0", "-c", code]

    done = subprocess.run(command, env={**os.environ, "DATABASE_URL": database_url()}, capture_output=True, text=True)

    assert done.stdout == "0 5s\n", done.stderr
    assert limits() == ("15s", "5s")


def test_a_step_of_migrating_has_none_in_whatever_process(transactional_db: None) -> None:
    assert take_locks_in_moments(limits, say=lambda _text: None) == ("0", "500ms")
    assert limits() == ("15s", "5s")


def test_a_lock_that_somebody_holds_is_asked_for_again(transactional_db: None) -> None:
    said: list[str] = []
    with psycopg.connect(database_url()) as somebody:
        somebody.execute("LOCK TABLE merchant IN ACCESS SHARE MODE")

        take_locks_in_moments(take_merchants, say=said.append, wait=lambda _pause: somebody.rollback())

    assert said == ["Somebody works with a table that is to be changed. Trying again in a moment."]
    assert limits() == ("15s", "5s")


def test_migrating_gives_up_in_a_sentence_where_a_lock_is_never_free(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "PAUSES", (0.0,))
    monkeypatch.setattr(maintenance, "MOMENT", "10ms")
    with psycopg.connect(database_url()) as somebody:
        somebody.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")

        with pytest.raises(CommandError, match="was never free"):
            call_command("migrate", verbosity=0)

    connection.rollback()
    assert limits() == ("15s", "5s")


def take_merchants() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10ms'")
        cursor.execute("LOCK TABLE merchant IN ACCESS EXCLUSIVE MODE")

"""What a database of one's own has to be like: the role of Stampwell owns it, and it keeps every script."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.management.test_checking import check, stampwell
from tests.other_server import OtherServer, find_programs, running_server

PROGRAMS = find_programs()

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL of the system: apt-get install postgresql."),
    pytest.mark.machine_clock,
]


@pytest.fixture(scope="module")
def server() -> Iterator[OtherServer]:
    """Each test has a database of its own in it."""
    assert PROGRAMS is not None
    with running_server(PROGRAMS) as running:
        yield running


@pytest.mark.parametrize("command", [["migrate"], ["upgrade", "--no-backup"]], ids=lambda command: command[0])
def test_a_role_that_may_make_no_tables_is_told_whose_the_database_has_to_be(
    server: OtherServer, command: list[str], tmp_path: Path
) -> None:
    name = f"of_somebody_else_{command[0]}"
    with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name}")
    url = server.url.replace("@/stampwell?", f"@/{name}?")
    environment = {**os.environ, "DATABASE_URL": url, "STAMPWELL_DATA": str(tmp_path)}

    words = [sys.executable, "-m", "stampwell", *command]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)

    assert done.returncode == 1
    assert "permission denied for schema public" in done.stderr
    assert "let a superuser make its role the owner of the database" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_keep_every_script_is_refused(server: OtherServer, tmp_path: Path) -> None:
    with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE western OWNER stampwell ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

    url = server.url.replace("@/stampwell?", "@/western?")
    place = ("--data", url, "--file", str(tmp_path / "stampwell.env"))
    asked = stampwell(tmp_path, "setup", "--no-questions", "--address", "http://127.0.0.1:8000", *place)
    done = check(tmp_path, DATABASE_URL=url)

    assert asked.stderr.startswith("The database keeps text as LATIN1"), asked.stderr
    assert "RED   The database keeps text as LATIN1, and names of customers come in every script." in done.stdout

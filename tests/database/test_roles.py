"""Which rights the role of Stampwell needs: it owns its database, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.other_server import find_programs, running_server

PROGRAMS = find_programs()

pytestmark = [
    pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL of the system: apt-get install postgresql."),
    pytest.mark.machine_clock,
]


def test_a_role_that_may_make_no_tables_is_told_whose_the_database_has_to_be(tmp_path: Path) -> None:
    assert PROGRAMS is not None
    with running_server(PROGRAMS) as server:
        with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
            superuser.execute("CREATE DATABASE of_somebody_else")
        url = server.url.replace("@/stampwell?", "@/of_somebody_else?")
        environment = {**os.environ, "DATABASE_URL": url, "STAMPWELL_DATA": str(tmp_path)}

        command = [sys.executable, "-m", "stampwell", "migrate"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert done.returncode == 1
    assert "permission denied for schema public" in done.stderr
    assert "let a superuser make its role the owner of the database" in done.stderr
    assert "Traceback" not in done.stderr

"""Settings for another server of this person do not reach the connections to ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stampwell.database.client_environment import client_environment

pytestmark = pytest.mark.machine_clock

# What libpq reads; each alone leads elsewhere or refuses our server.
FOREIGN = {
    "PGHOST": "db.example",
    "PGHOSTADDR": "127.0.0.9",
    "PGPORT": "5433",
    "PGDATABASE": "theirs",
    "PGUSER": "them",
    "PGPASSWORD": "theirs",
    "PGPASSFILE": "/nowhere",
    "PGSERVICE": "theirs",
    "PGSERVICEFILE": "/nowhere",
    "PGOPTIONS": "-c search_path=theirs",
    "PGREQUIREAUTH": "none",
    "PGREQUIREPEER": "them",
    "PGCHANNELBINDING": "require",
    "PGSSLMODE": "verify-full",
    "PGSSLROOTCERT": "/nowhere",
    "PGTARGETSESSIONATTRS": "standby",
    "PGCLIENTENCODING": "LATIN1",
    "PGDATESTYLE": "German",
    "PGTZ": "Asia/Almaty",
    "PGDATA": "/nowhere",
}
ASK = (
    "import os, psycopg; session = psycopg.connect(os.environ['DATABASE_URL']); "
    "print(*session.execute('SELECT 7, current_user').fetchone())"
)


def test_no_setting_of_libpq_leads_away_from_the_embedded_database(data_dir: Path) -> None:
    command = [sys.executable, "-m", "stampwell.database", "--data", str(data_dir), "--", sys.executable, "-c", ASK]

    done = subprocess.run(command, env={**os.environ, **FOREIGN}, capture_output=True, text=True)

    assert (done.stdout, done.returncode) == ("7 stampwell\n", 0), done.stderr


def test_everything_else_of_the_environment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "5433")
    monkeypatch.setenv("PAGER", "less")

    environment = client_environment("postgresql:///cup")

    assert [name for name in environment if name.startswith("PG")] == []
    assert environment["PAGER"] == "less"
    assert environment["DATABASE_URL"] == "postgresql:///cup"

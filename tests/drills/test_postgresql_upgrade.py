"""A database of an earlier PostgreSQL and of an earlier release comes to this one by one command, also if it is killed.

Needs the Debian package postgresql-15, or that of another earlier version.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from stampwell.database import running_server
from stampwell.database.cluster import ROLE, SUPERUSER, major_of
from stampwell.database.places import PORT, make_socket_folder, open_places, prepare_account
from stampwell.database.server import Keeper
from stampwell.management.data_folder import open_installation
from stampwell.whole_files import write_whole
from tests.drills.earlier_release import EarlierRelease, unpack
from tests.processes import Program

pytestmark = pytest.mark.drill
STAMPS = 100_000
COUNT = "SELECT count(*), min(id::text), max(id::text) FROM stamp"


def earlier_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("1[5-7]/bin/postgres"))
    if not found:
        pytest.skip("no earlier PostgreSQL is here, such as the package postgresql-15")
    return found[-1].parent


@contextmanager
def earlier_server(data_dir: Path, programs: Path) -> Iterator[str]:
    """Made and run by that PostgreSQL, in the places of an embedded one; yields the address."""
    places = open_places(data_dir)
    account = prepare_account(places)
    for role in (SUPERUSER, ROLE):
        write_whole(places.password(role), f"password-of-{role}")
    socket_folder = make_socket_folder(places, account)
    password_file = socket_folder.parent / "password"
    password_file.write_text(f"password-of-{SUPERUSER}")
    places.cluster.mkdir(mode=0o700)
    os.chown(places.cluster, account.uid, account.gid)
    options = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"]
    made = account.run(str(programs / "initdb"), f"--pgdata={places.cluster}", *options, "--locale=C.UTF-8")
    assert made.returncode == 0, made.stderr
    keeper = Keeper(places, programs, account, socket_folder, print)
    keeper.start()
    where = f"?port={PORT}&host={quote(str(socket_folder))}"
    try:
        with psycopg.connect(
            f"postgresql://{SUPERUSER}:password-of-{SUPERUSER}@/postgres{where}", autocommit=True
        ) as one:
            one.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD 'password-of-{ROLE}'")
            one.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        yield f"postgresql://{ROLE}:password-of-{ROLE}@/{ROLE}{where}"
    finally:
        keeper.stop()


def test_an_earlier_release_over_an_earlier_postgresql_comes_to_this_one(data_dir: Path, tmp_path: Path) -> None:
    programs = earlier_programs()
    open_installation(data_dir)
    with earlier_server(data_dir, programs) as url:
        EarlierRelease(unpack(tmp_path / "earlier"), data_dir, url, logs=tmp_path).fill(STAMPS)
        with psycopg.connect(url) as connection:
            before = connection.execute(COUNT).fetchone()
    cluster = data_dir / "database" / "cluster"
    earlier = major_of(cluster)

    kill_when_it_says("Bringing the database over", data_dir)
    assert major_of(cluster) == earlier
    kill_when_it_says("Writing a backup", data_dir)
    assert major_of(cluster) != earlier
    with start(data_dir) as process:
        said = process.communicate()[1].decode()

    assert process.returncode == 0, said
    assert "Bringing the database over" not in said
    assert before is not None
    assert before[0] == STAMPS
    with running_server(data_dir) as url, psycopg.connect(url) as connection:
        assert connection.execute(COUNT).fetchone() == before
    assert major_of(data_dir / "database" / f"cluster-of-{earlier}") == earlier


def start(data_dir: Path) -> Program:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    settings = {"STAMPWELL_DATA": str(data_dir), "STAMPWELL_BASE_URL": "http://127.0.0.1"}
    return Program([sys.executable, "-m", "stampwell", "upgrade"], env=kept | settings, stderr=subprocess.PIPE)


def kill_when_it_says(words: str, data_dir: Path) -> None:
    with start(data_dir) as process:
        assert process.stderr
        lines: list[str] = []
        while not any(words in line for line in lines):
            lines.append(process.stderr.readline().decode())
            assert lines[-1], lines
        process.kill()

"""The embedded database comes over to another PostgreSQL whole, or stays as it was."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from stampwell.backups import BackupTrouble
from stampwell.database import DatabaseTrouble, running_server
from stampwell.database.account import choose_account
from stampwell.database.cluster import major_of
from stampwell.database.exchange import exchanged_cluster
from stampwell.database.places import UPGRADED, Places, has_cluster
from stampwell.database.programs import find_earlier_programs, find_programs
from stampwell.management.postgresql_upgrade import bring_over, copy_database, earlier_major
from tests.database.folders import data_folder

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

ROWS = "CREATE TABLE cup AS SELECT n AS size, repeat('ķ', n) AS name FROM generate_series(1, 300) AS n"
SUM = "SELECT count(*), sum(size), max(name) FROM cup"
SETTINGS = (
    'ALTER DATABASE stampwell SET search_path = "$user", "Odd ""one""", public',
    "ALTER DATABASE stampwell SET TimeZone = 'Asia/Tashkent'",
    "ALTER DATABASE stampwell SET shop.name = 'Ķīna''s'",
    "ALTER ROLE stampwell IN DATABASE stampwell SET lock_timeout = '7s'",
    "ALTER ROLE ALL SET statement_timeout = '11min'",
)
SET = """
    SELECT coalesce(setrole::regrole::text, ''), setdatabase <> 0, setconfig FROM pg_db_role_setting ORDER BY 1, 2
"""
ALL_SET = [
    ("-", False, ["statement_timeout=11min"]),
    ("-", True, ['search_path="$user", "Odd ""one""", public', "TimeZone=Asia/Tashkent", "shop.name=Ķīna's"]),
    ("stampwell", False, ["work_mem=9MB"]),
    ("stampwell", True, ["lock_timeout=7s"]),
]
WHOLE = [(300, 45_150, "ķ" * 300)]


def silent(text: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """A database with rows, made once."""
    with data_folder() as folder:
        with running_server(folder, silent) as url, psycopg.connect(url, autocommit=True) as session:
            session.execute(ROWS)
            session.execute("CREATE EXTENSION pg_trgm")
            session.execute("CREATE INDEX cup_name ON cup USING gin (name gin_trgm_ops)")
            session.execute("ALTER ROLE stampwell SET work_mem = '9MB'")
        yield folder


@pytest.fixture
def data_dir(filled: Path) -> Iterator[Path]:
    with data_folder() as folder:
        shutil.copytree(filled / "database", folder / "database", ignore=shutil.ignore_patterns("socket"))
        account = choose_account(filled / "database" / "cluster")
        for file in [folder / "database" / "cluster", *(folder / "database" / "cluster").rglob("*")]:
            shutil.chown(file, account.uid, account.gid)
        yield folder


@pytest.fixture
def foreign() -> Iterator[Path]:
    """The folder of a database that says by which PostgreSQL it was made, and nothing else."""
    with data_folder() as folder:
        (folder / "database" / "cluster").mkdir(parents=True)
        yield folder


def rows_of(data_dir: Path) -> list[tuple[object, ...]]:
    with running_server(data_dir, silent) as url, psycopg.connect(url) as session:
        return session.execute(SUM).fetchall()


def cluster_of(data_dir: Path) -> Path:
    return Places(data_dir / "database").cluster


@contextmanager
def exchange(data_dir: Path, said: list[str]) -> Iterator[tuple[str, str]]:
    """From our own PostgreSQL to our own: every machine has that one."""
    ours = find_programs(choose_account(cluster_of(data_dir)))
    with exchanged_cluster(data_dir, ours, said.append) as both:
        yield both


def test_everything_comes_over_and_the_earlier_one_is_kept(data_dir: Path) -> None:
    major = major_of(cluster_of(data_dir))
    with (cluster_of(data_dir) / "postgresql.conf").open("a") as conf:
        conf.write("archive_timeout = 60\n")
    said: list[str] = []
    with exchange(data_dir, said) as (old, new):
        with psycopg.connect(old, autocommit=True) as session:
            for statement in SETTINGS:
                session.execute(statement)
        copy_database(old, new)

    assert said[-1].endswith("/postgresql.conf, for you to take over: archive_timeout.")
    assert (data_dir / "database" / f"cluster-of-{major}" / "PG_VERSION").exists()
    assert not (data_dir / "database" / "cluster-in-the-making").exists()
    with running_server(data_dir, silent) as url, psycopg.connect(url) as session:
        assert session.execute(SUM).fetchall() == WHOLE
        assert session.execute(SET).fetchall() == ALL_SET
        assert session.execute("SHOW work_mem").fetchone() == ("9MB",)
        assert session.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'cup'").fetchone() == ("stampwell",)
        assert session.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'cup'").fetchone() == ("cup_name",)


def test_what_breaks_in_the_middle_leaves_the_earlier_one_as_it_was(data_dir: Path) -> None:
    made = cluster_of(data_dir).stat().st_ino

    with pytest.raises(BackupTrouble, match="came over differently"):
        copy_beside_something_else(data_dir)

    assert cluster_of(data_dir).stat().st_ino == made
    assert sorted(path.name for path in (data_dir / "database").glob("cluster*")) == ["cluster"]
    assert rows_of(data_dir) == WHOLE


def copy_beside_something_else(data_dir: Path) -> None:
    with exchange(data_dir, []) as (old, new):
        with psycopg.connect(new, autocommit=True) as session:
            session.execute("CREATE TABLE cap (size int)")
        copy_database(old, new)


def test_a_cut_between_the_two_names_is_finished_by_the_next_start(data_dir: Path) -> None:
    cluster_of(data_dir).rename(data_dir / "database" / UPGRADED)
    (data_dir / "database" / "cluster-of-15").mkdir()

    assert has_cluster(data_dir)
    assert rows_of(data_dir) == WHOLE


def test_an_earlier_database_is_known_and_says_which_programs_it_needs(foreign: Path) -> None:
    (cluster_of(foreign) / "PG_VERSION").write_text("14\n")

    assert earlier_major(foreign) == "14"
    with pytest.raises(DatabaseTrouble, match="`stampwell upgrade` brings it over"), running_server(foreign, silent):
        pass
    with pytest.raises(DatabaseTrouble, match=r"the package postgresql-14 .* Nothing was changed"):
        bring_over(foreign, None)
    assert sorted(path.name for path in (foreign / "database").glob("cluster*")) == ["cluster"]


def test_the_database_of_a_newer_release_is_not_brought_back(foreign: Path) -> None:
    (cluster_of(foreign) / "PG_VERSION").write_text("99\n")

    with pytest.raises(DatabaseTrouble, match="Install the newer release again"):
        earlier_major(foreign)


def test_a_database_that_is_not_whole_is_told(foreign: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="is not whole: its file PG_VERSION cannot be read"):
        earlier_major(foreign)


def test_programs_are_found_where_a_wheel_or_a_package_has_them(filled: Path) -> None:
    account = choose_account(cluster_of(filled))
    ours = find_programs(account)
    major = major_of(cluster_of(filled))

    assert find_earlier_programs(major, ours, account) == ours
    assert find_earlier_programs(major, ours.parent, account) == ours
    with pytest.raises(DatabaseTrouble, match="PostgreSQL 9, whose programs are needed"):
        find_earlier_programs("9", ours, account)

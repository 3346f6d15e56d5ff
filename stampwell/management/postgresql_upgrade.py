"""The embedded database of an earlier PostgreSQL becomes one of the PostgreSQL that this release brings."""

import re
import subprocess
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from stampwell.backups import BackupTrouble
from stampwell.backups.dump import tables_now
from stampwell.backups.manifest import Table
from stampwell.backups.server import client_settings, connected, connection_string, long_transaction
from stampwell.database import DatabaseTrouble, find_running_server
from stampwell.database.account import choose_account
from stampwell.database.cluster import check_version, major_of
from stampwell.database.exchange import exchanged_cluster
from stampwell.database.places import Places
from stampwell.database.programs import find_programs, packaged_programs
from stampwell.database.trouble import EarlierDatabase
from stampwell.log_lines import say

_OTHERS = """
    SELECT 'the database ' || datname FROM pg_database
    WHERE NOT datistemplate AND datname NOT IN ('postgres', current_database()) ORDER BY 1
"""
# What was set for the database, for a role in it, and for all roles. What is set for one role comes with that role.
_SETTINGS = """
    SELECT role.rolname, setting.setdatabase <> 0, one FROM pg_db_role_setting setting
    LEFT JOIN pg_roles role ON role.oid = setting.setrole CROSS JOIN unnest(setting.setconfig) AS one
    WHERE setting.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        OR (setting.setdatabase = 0 AND setting.setrole = 0)
"""
# Their values are lists of names, kept as SQL writes them.
_LISTS = {"local_preload_libraries", "search_path", "session_preload_libraries", "temp_tablespaces"}
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^\s,]+)')


class Setting(msgspec.Struct, frozen=True):
    """Without a role it is for all of them."""

    role: str | None
    is_of_database: bool
    option: str  # name=value


def earlier_major(data: Path) -> str:
    """The PostgreSQL that the database of this folder was made by, if an earlier one than ours; else ""."""
    cluster = Places(data.absolute() / "database").cluster
    if not cluster.exists():
        return ""
    account = choose_account(cluster)
    try:
        check_version(cluster, find_programs(account), account)
    except EarlierDatabase:
        return major_of(cluster)
    return ""


def bring_over(data: Path, given: Path | None) -> None:
    """Whatever goes wrong before the end, the earlier one is as it was."""
    if find_running_server(data):
        raise DatabaseTrouble(
            f"This release brings a newer PostgreSQL than {earlier_major(data)}, with which Stampwell runs here. Stop "
            "it, such as with `systemctl stop stampwell`, and run this again. Nothing was changed."
        )
    say("Bringing the database over to the PostgreSQL of this release. Everything is read twice and compared.")
    with exchanged_cluster(data, given, say) as (old, new):
        copy_database(old, new)


def copy_database(old: str, new: str) -> None:
    """Both addresses are those of a superuser. Roles go along, with their passwords and settings."""
    with connected(old) as connection, long_transaction(connection):
        before = tables_now(connection)
        left = [name for (name,) in connection.execute(_OTHERS)]
        settings = [Setting(*row) for row in connection.execute(_SETTINGS)]
    _pipe(["pg_dumpall", "--roles-only", f"--dbname={connection_string(old)}"], old, _reading("psql", new), new)
    dump = ["pg_dump", "--format=custom", "--compress=0", f"--dbname={connection_string(old)}"]
    _pipe(dump, old, [*_reading("pg_restore", new), "--exit-on-error"], new)
    with connected(new) as connection:
        left += _set(connection, settings)
    with connected(new) as connection:
        with long_transaction(connection):
            _compare(before, tables_now(connection))
        _analyze(connection)
    for name in left:
        say(f"Not brought over: {name}.")


def _reading(program: str, url: str) -> list[str]:
    """psql goes on after an error: the roles that a cluster begins with are there already."""
    quiet = ["--no-psqlrc", "--quiet", "--output=/dev/null"] if program == "psql" else []
    return [program, *quiet, f"--dbname={connection_string(url)}"]


def _pipe(giving: list[str], giver: str, taking: list[str], taker: str) -> None:
    folder, pipe = packaged_programs(), subprocess.PIPE
    one = subprocess.Popen([folder / giving[0], *giving[1:]], env=client_settings(giver), stdout=pipe)  # noqa: S603
    with one:
        other = subprocess.run(  # noqa: S603
            [folder / taking[0], *taking[1:]], env=client_settings(taker), stdin=one.stdout, stderr=pipe, text=True
        )
        assert one.stdout
        one.stdout.close()  # or it would wait for a taker that is gone
    if one.returncode or other.returncode:
        reason = other.stderr.strip() or "nothing"
        raise BackupTrouble(f"The database could not be brought over; it is as it was. {taking[0]} says: {reason}")


def _set(connection: psycopg.Connection, settings: list[Setting]) -> list[str]:
    """Returns those that the new PostgreSQL does not take. For sessions that begin from now on."""
    refused = []
    for setting in settings:
        name, _, value = setting.option.partition("=")
        try:
            with connection.transaction():
                connection.execute(_statement(setting, name, value, connection.info.dbname))
        except psycopg.Error:
            refused.append(f"the setting {name} = {value}")
    return refused


def _statement(setting: Setting, name: str, value: str, database: str) -> sql.Composed:
    values = [one.replace('""', '"') or other for one, other in _NAME.findall(value)] if name in _LISTS else [value]
    return sql.SQL("ALTER ROLE {role}{where} SET {name} = {values}").format(
        role=sql.Identifier(setting.role) if setting.role else sql.SQL("ALL"),
        where=sql.SQL(" IN DATABASE {}").format(sql.Identifier(database)) if setting.is_of_database else sql.SQL(""),
        name=sql.Identifier(*name.split(".")),
        values=sql.SQL(", ").join(map(sql.Literal, values)),
    )


def _compare(before: dict[str, Table], after: dict[str, Table]) -> None:
    if different := sorted(table for table in before | after if before.get(table) != after.get(table)):
        raise BackupTrouble(f"The table {different[0]} came over differently. The database is as it was.")


def _analyze(connection: psycopg.Connection) -> None:
    connection.execute("ANALYZE")

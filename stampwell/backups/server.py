"""The database of an installation, asked without Django: what it holds, at one moment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from stampwell.backups.manifest import Table
from stampwell.backups.trouble import BackupTrouble
from stampwell.database.address import read_address
from stampwell.database.explaining import THROUGH_POOLER, explain_refusal
from stampwell.database.pooler import shares_connections

PATIENCE = 60  # seconds for a table that somebody is changing
TABLE_IS_CHANGED = (
    "A table was being changed for more than a minute, such as by `stampwell migrate`. "
    "Run this again when that has ended."
)
_TABLES = """
    SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
    )
    ORDER BY 1
"""
# A sum does not depend on the order of the rows, and two rows that are the same do not cancel each other.
_DIGEST = """
    SELECT count(*), coalesce(sum(('x' || encode(substr(hash, 1, 7), 'hex'))::bit(56)::bigint), 0)
    FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS hash FROM ONLY {} AS t) AS hashed
"""
# How a row is written as text must not depend on the server's settings, and nobody waits for what takes long. For one
# transaction: a pooler would hand the connection on with what was set for longer.
_SETTINGS = f"""
    SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{PATIENCE}s';
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL xmlbinary = 'base64';
    SET LOCAL lc_monetary = 'C'
"""


def connection_string(url: str) -> str:
    """As libpq reads it, without the settings that are psycopg's or ours."""
    address = read_address(url)
    given = {name: value for name, value in address.options.items() if name not in ("prepare_threshold", "options")}
    places = {"host": address.host, "port": address.port, "user": address.user, "dbname": address.name}
    known = {name: str(value) for name, value in {**places, **given}.items() if value}
    return psycopg.conninfo.make_conninfo("", **known)


def client_settings(url: str) -> dict[str, str]:
    """The environment of pg_dump: the password is no argument, for everybody can read those."""
    password = read_address(url).password
    return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    """What the server refuses is BackupTrouble."""
    try:
        connection = _connect(url)
    except psycopg.OperationalError as error:
        raise BackupTrouble(explain_refusal(error)) from error
    with connection, _refusals_told():
        yield connection


def _connect(url: str) -> psycopg.Connection:
    password = read_address(url).password or None
    return psycopg.connect(connection_string(url), password=password, autocommit=True, connect_timeout=30)


def require_server_itself(url: str) -> None:
    """pg_dump and pg_restore empty the search path: a pooler would hand that on to the shops."""
    if shares_connections(lambda: _connect(url)):
        raise BackupTrouble(THROUGH_POOLER)


@contextmanager
def long_transaction(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction():
        connection.execute(_SETTINGS)
        yield


@contextmanager
def _refusals_told() -> Iterator[None]:
    """The first line alone: the others may quote rows."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise BackupTrouble(
            "The disk of the database is full. Nothing was kept; free some space and run this again."
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise BackupTrouble(TABLE_IS_CHANGED) from error
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise BackupTrouble(f"The database stopped or refused. It says: {reason}") from error


def is_distributed(connection: psycopg.Connection) -> bool:
    return _value(connection, "SELECT to_regproc('create_distributed_table') IS NOT NULL") is True


def major_version(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10_000


def has_tls(connection: psycopg.Connection) -> bool:
    return bool(connection.pgconn.ssl_in_use)


def tables_of(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES)]


def digest_of(connection: psycopg.Connection, table: str) -> Table:
    """`table` is quoted already."""
    row = connection.execute(sql.SQL(_DIGEST).format(sql.SQL(table))).fetchone()
    assert row is not None
    return Table(int(row[0]), str(row[1]))


def applied_migrations(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM public.django_migrations WHERE app = 'stampwell' ORDER BY name")
    return [name for (name,) in found]


def size_of(connection: psycopg.Connection) -> int:
    size = _value(connection, "SELECT pg_database_size(current_database())")
    assert isinstance(size, int)
    return size


def _value(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None

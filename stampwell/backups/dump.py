"""The database at one moment: a snapshot, what it holds, and pg_dump's stream of it."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import psycopg
from psycopg import IsolationLevel

from stampwell.backups.archive import Source
from stampwell.backups.clients import Client
from stampwell.backups.manifest import Table
from stampwell.backups.server import (
    PATIENCE,
    TABLE_IS_CHANGED,
    client_settings,
    connection_string,
    digest_of,
    long_transaction,
    tables_of,
)
from stampwell.backups.trouble import BackupTrouble

# gzip's quickest: most of what is in there is chance to anybody else, and a processor of a small server is busy.
_OPTIONS = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--no-tablespaces", "--no-password")
# An older library of the system's than the one that is ours; `sslrootcert=system` is a file to it.
_TOO_OLD = re.compile(r'invalid (connection option|URI query parameter)|"system" does not exist')


@contextmanager
def snapshot(connection: psycopg.Connection) -> Iterator[str]:
    """One moment, for all that read under its name; it lasts as long as the block."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with long_transaction(connection):
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield str(row[0])


def tables_now(connection: psycopg.Connection) -> dict[str, Table]:
    """Every table with what it holds; in a transaction, of one moment."""
    return {table: digest_of(connection, table) for table in tables_of(connection)}


@contextmanager
def dumped(url: str, client: Client, snapshot_name: str) -> Iterator[Source]:
    """pg_dump's stream. Whoever reads less than all of it leaves the block with an exception."""
    command = [
        str(client.program),
        *_OPTIONS,
        f"--snapshot={snapshot_name}",
        f"--lock-wait-timeout={PATIENCE}s",
        f"--dbname={connection_string(url)}",
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=client_settings(url)
        )
        assert process.stdout
        try:
            yield process.stdout
            process.stdout.close()
            if process.wait():
                raise BackupTrouble(_why(said, client))
        finally:
            process.stdout.close()
            process.kill()
            process.wait()


def _why(said: IO[bytes], client: Client) -> str:
    said.seek(0)
    words = said.read(4000).decode(errors="replace").strip()
    if "canceling statement due to lock timeout" in words:
        return TABLE_IS_CHANGED
    if _TOO_OLD.search(words):
        return (
            f"{client.program} is of version {client.version} and does not know a setting of the connection. Install "
            f"a newer PostgreSQL client, such as the package postgresql-client-18. It says: {words}"
        )
    return f"The database could not be written out. pg_dump says: {words or 'nothing'}"

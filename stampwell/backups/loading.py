"""A dump into an empty database: all of it in one transaction, compared with what was written out.

pg_restore only turns the dump into SQL; psycopg runs it, for it knows TLS where the programs that come along do not.
"""

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Literal

import psycopg

from stampwell.backups.clients import Client
from stampwell.backups.manifest import Manifest, Table
from stampwell.backups.server import digest_of, long_transaction, tables_of
from stampwell.backups.trouble import BackupTrouble

Section = Literal["pre-data", "data", "post-data"]
Parts = Callable[[], Iterable[bytes]]
Say = Callable[[int], object]  # how many bytes of the dump were read

# Without them customers are found slowly; the worker makes the index when they are there (docs/operating/database.md).
OPTIONAL = {"pg_trgm": "customer_by_words", "btree_gin": "customer_by_words"}
# Older servers do not know it; it is the default everywhere.
_UNKNOWN_TO_SOME = (b"SET transaction_timeout ", b"\\restrict ", b"\\unrestrict ")
_BLOCK = 256 * 1024
RESTORED_FROM = "stampwell_restored_from"


def load(
    connection: psycopg.Connection, client: Client, parts: Parts, manifest: Manifest, *, name: str, say: Say
) -> None:
    """`name` is written down with the data, so that a start after a kill knows what is there."""
    with long_transaction(connection):
        without = _missing(connection)
        _run(connection, _statements(client, parts, "pre-data", without))
        with _converted(client, parts, "data", say) as lines:
            _load_data(connection, lines)
        _run(connection, _statements(client, parts, "post-data", without))
        _forget_search_path(connection)
        _compare(connection, manifest.tables)
        connection.execute(f"CREATE TABLE public.{RESTORED_FROM} AS SELECT %s::text AS archive", (name,))


def loaded_archive(connection: psycopg.Connection) -> str | None:
    """The name of the archive that was loaded and not yet settled; None where there is none."""
    table = connection.execute("SELECT to_regclass(%s)", (f"public.{RESTORED_FROM}",)).fetchone()
    if table is None or table[0] is None:
        return None
    row = connection.execute(f"SELECT archive FROM public.{RESTORED_FROM}").fetchone()
    return str(row[0]) if row else None


def _missing(connection: psycopg.Connection) -> set[bytes]:
    """The beginnings of statements that this server cannot take."""
    found = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", (list(OPTIONAL),))
    missing = OPTIONAL.keys() - {name for (name,) in found}
    indexes = {OPTIONAL[name] for name in missing}
    return {
        *(f"CREATE EXTENSION IF NOT EXISTS {name} ".encode() for name in missing),
        *(f"COMMENT ON EXTENSION {name} ".encode() for name in missing),
        *(f"CREATE INDEX {name} ".encode() for name in indexes),
    }


def _statements(client: Client, parts: Parts, section: Section, without: set[bytes]) -> bytes:
    with _converted(client, parts, section, lambda _size: None) as lines:
        return b"".join(line for line in lines if not line.startswith(tuple(without) or (b"\0",)))


def _run(connection: psycopg.Connection, statements: bytes) -> None:
    connection.execute(statements)


def _load_data(connection: psycopg.Connection, lines: Iterator[bytes]) -> None:
    waiting = b""
    for line in lines:
        if not waiting and line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            _copy(connection, line, lines)
        elif waiting or not (line.isspace() or line.startswith(b"--")):
            waiting += line
            if line.endswith(b";\n"):
                connection.execute(waiting)
                waiting = b""
    assert not waiting, "pg_restore ends each statement"


def _copy(connection: psycopg.Connection, statement: bytes, lines: Iterator[bytes]) -> None:
    with connection.cursor().copy(statement) as copy:
        block = bytearray()
        for line in lines:
            if line == b"\\.\n":
                copy.write(bytes(block))
                return
            block += line
            if len(block) > _BLOCK:
                copy.write(bytes(block))
                block.clear()
    raise BackupTrouble("The archive is damaged: the rows of a table have no end.")


@contextmanager
def _converted(client: Client, parts: Parts, section: Section, say: Say) -> Iterator[Iterator[bytes]]:
    """The lines of a section as SQL."""
    options = ["--no-owner", "--no-privileges", f"--section={section}", "--file=-"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [client.program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        )
        assert process.stdin
        assert process.stdout
        feeder = threading.Thread(target=_feed, args=(process.stdin, parts, say), daemon=True)
        feeder.start()
        try:
            yield (line for line in process.stdout if not line.startswith(_UNKNOWN_TO_SOME))
            if process.wait():
                raise BackupTrouble(_why(said))
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            feeder.join()


def _feed(target: IO[bytes], parts: Parts, say: Say) -> None:
    """In a thread of its own: pg_restore stops reading where it needs no more, or when it is ended."""
    try:
        with target:
            for part in parts():
                target.write(part)
                say(len(part))
    except BrokenPipeError:
        return


def _why(said: IO[bytes]) -> str:
    said.seek(0)
    return f"The archive's database cannot be read. pg_restore says: {said.read(4000).decode(errors='replace').strip()}"


def _forget_search_path(connection: psycopg.Connection) -> None:
    """The dump has emptied it for this session."""
    connection.execute("RESET search_path")


def _compare(connection: psycopg.Connection, told: dict[str, Table]) -> None:
    found = {table: digest_of(connection, table) for table in tables_of(connection)}
    differing = sorted(table for table in told.keys() | found.keys() if told.get(table) != found.get(table))
    if differing:
        raise BackupTrouble(
            f"What came into the database is not what was written out: {', '.join(differing)}. Nothing was kept."
        )

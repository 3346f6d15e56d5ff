"""A backup, while the shops go on: everything at one moment, in one stream."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg

from stampwell.backups.age import AgeWriter, Recipient
from stampwell.backups.archive import Target, Writing
from stampwell.backups.clients import Client, require_dump
from stampwell.backups.dump import dumped, snapshot, tables_now
from stampwell.backups.files import configured_files, kept_files, settings_without_secrets
from stampwell.backups.manifest import CHECKSUM, FIRST, FORMAT, HEADING, MANIFEST, Manifest, checksum_of
from stampwell.backups.server import (
    applied_migrations,
    connected,
    has_tls,
    is_distributed,
    major_version,
    require_server_itself,
    size_of,
)
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now

Say = Callable[[int], object]  # how many bytes of the database were written, again and again

_README = """\
{heading}{format}

Made {made:%Y-%m-%d %H:%M} UTC by Stampwell {stampwell}. Whoever has this file has the keys of every card: keep it safe.

To bring it back: stampwell restore FILE. By hand, with nothing but tar and PostgreSQL's own programs:
  tar -xf FILE && sha256sum --check manifest.json.sha256    the other checksums are in manifest.json
  cat database/* | pg_restore --no-owner --dbname=…
  put what lies in data/ into the data folder
"""


@dataclass(frozen=True)
class Installation:
    """What there is to back up."""

    url: str
    data_dir: Path
    keys: Mapping[str, str]  # by their names in the data folder, also those that were given by the environment
    settings: Mapping[str, str]
    base_url: str
    version: str


@dataclass(frozen=True)
class _Dump:
    """How the database is read, and what is known of it before."""

    client: Client
    server: int
    size: int
    migrations: list[str]


def make_backup(installation: Installation, target: Target, *, recipients: Sequence[Recipient], say: Say) -> Manifest:
    """Writes the whole archive. Raises BackupTrouble, and OSError of the target."""
    with connected(installation.url) as connection:
        require_server_itself(installation.url)
        dump = _look(connection)
        with snapshot(connection) as name:
            if not recipients:
                return _write(installation, connection, dump, name, target, say)
            sealed = AgeWriter(target, recipients)
            manifest = _write(installation, connection, dump, name, sealed, say)
            sealed.close()
            return manifest


def _look(connection: psycopg.Connection) -> _Dump:
    """Refuses before anything is written."""
    if is_distributed(connection):
        raise BackupTrouble(
            "The shops are spread over several servers, whose moments are not one. Back each server up with "
            "PostgreSQL's own tools; see docs/operating/many-shops.md."
        )
    server = major_version(connection)
    client = require_dump(server=server, with_tls=has_tls(connection))
    try:
        migrations = applied_migrations(connection)
    except psycopg.errors.UndefinedTable:
        raise BackupTrouble("There is nothing in this database yet: it has no tables of Stampwell.") from None
    return _Dump(client, server, size_of(connection), migrations)


def _write(
    installation: Installation, connection: psycopg.Connection, dump: _Dump, name: str, target: Target, say: Say
) -> Manifest:
    archive, made = Writing(target), now()
    facts = {"heading": HEADING, "format": FORMAT, "made": made, "stampwell": installation.version}
    archive.add(FIRST, _README.format(**facts).encode())
    for file, content in _files(installation).items():
        archive.add(file, content)
    with dumped(installation.url, dump.client, name) as stream:
        for size in archive.add_database(stream):
            say(size)
    manifest = Manifest(
        format=FORMAT,
        made=made,
        stampwell=installation.version,
        migrations=dump.migrations,
        postgresql=dump.server,
        dump_version=dump.client.version,
        database_bytes=dump.size,
        base_url=installation.base_url,
        tables=tables_now(connection),
        members=archive.members.copy(),
    )
    archive.add(MANIFEST, _readable(manifest))
    archive.add(CHECKSUM, checksum_of(_readable(manifest)))
    archive.finish()
    return manifest


def _files(installation: Installation) -> dict[str, bytes]:
    found = dict(kept_files(installation.data_dir))
    found |= {f"data/keys/{name}": key.encode() for name, key in installation.keys.items()}
    found |= dict(configured_files(installation.settings))
    return found | {"settings.env": settings_without_secrets(installation.settings)}


def _readable(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)

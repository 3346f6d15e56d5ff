"""The place for a restore: empty, with room, and made for what comes."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import psycopg

from stampwell.backups.clients import Client, find_client
from stampwell.backups.loading import loaded_archive
from stampwell.backups.manifest import Manifest
from stampwell.backups.replacing import new_file, why_not_written
from stampwell.backups.server import is_distributed, major_version, tables_of
from stampwell.backups.trouble import BackupTrouble
from stampwell.backups.unfinished import NOTE
from stampwell.database.account import name_of
from stampwell.release import known_migrations

# What may be there before: a note of ours, and what commands leave that keep no shop.
HARMLESS = {
    NOTE,
    "last-backup.json",
    "lost+found",
    "stampwell.env",
    "this-folder-belongs-to-stampwell",
    "this-is-an-installation-of-stampwell",
    "tools",
}
# What a newer server has written goes into an older one as well: all of it or nothing, and every row is compared.
OLDEST = 15
# Loading needs the rows, their indexes and as much again for the log of the writes.
ROOM = 2


def require_known(manifest: Manifest) -> None:
    """An older archive is brought up to date after loading; a newer one would be read wrongly."""
    newer = sorted(set(manifest.migrations) - set(known_migrations()))
    if newer:
        raise BackupTrouble(
            f"The archive was made by Stampwell {manifest.stampwell}, whose database has a newer form than this "
            f"release knows ({newer[-1]}). Install that release, or a newer one, and run this again."
        )


def require_keys(files: Mapping[str, bytes], environment: Mapping[str, str]) -> None:
    """A key from the environment would win over the one that fits the data."""
    kept = files.get("data/keys/token_key")
    if kept is None:
        raise BackupTrouble("The archive lacks the key of its cards: it was not made by us.")
    given = environment.get("STAMPWELL_TOKEN_KEY")
    if given and given.strip().lower().encode() != kept.strip().lower():  # hexadecimal, however it is written
        raise BackupTrouble(
            "STAMPWELL_TOKEN_KEY is set to another key than the one in the archive, so no link and no code of a card "
            "would work. Take the setting away: the key comes with the archive."
        )


def require_empty_folder(data_dir: Path, *, resuming: bool, embedded: bool) -> None:
    if not data_dir.exists():
        return
    if not data_dir.is_dir():
        raise BackupTrouble(f"{data_dir} is no folder. Choose another one with --data.")
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        raise BackupTrouble(
            f"The data folder {data_dir} belongs to the user {name_of(owner)}, who could not read what is restored. "
            f"Run this as that user, such as with `runuser -u {name_of(owner)} -- stampwell restore …`."
        )
    ours = {"keys", "wallet", "demo.json", "settings-of-the-backup.env", *({"database"} if embedded else ())}
    foreign = sorted({entry.name for entry in data_dir.iterdir()} - HARMLESS - (ours if resuming else set()))
    if foreign:
        raise BackupTrouble(
            f"The data folder {data_dir} is not empty: there is “{foreign[0]}”. A restore never writes over anything: "
            "choose an empty folder with --data."
        )


def require_room(data_dir: Path, manifest: Manifest, *, embedded: bool) -> None:
    """Of a database elsewhere we see no disk; it says itself when it is full, and then nothing is kept."""
    if not embedded:
        return
    above = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    free, needed = shutil.disk_usage(above).free, ROOM * manifest.database_bytes
    if free < needed:
        raise BackupTrouble(
            f"The disk that holds {above} has {free // 1_000_000} MB free, and the restore needs about "
            f"{needed // 1_000_000} MB. Free some space, or choose another folder with --data."
        )


def require_converter(manifest: Manifest) -> Client:
    client = find_client("pg_restore", at_least=manifest.dump_version, with_tls=False)
    if client is None:
        raise BackupTrouble(
            f"The archive was written by pg_dump {manifest.dump_version}, newer than every pg_restore here. Install "
            f"the PostgreSQL client of that version, such as the package postgresql-client-{manifest.dump_version}."
        )
    return client


def is_loaded(connection: psycopg.Connection, manifest: Manifest, name: str) -> bool:
    """Whether this very archive lies there already. Refuses any other content."""
    if is_distributed(connection):
        raise BackupTrouble("This database is made for several servers. Restore into a plain PostgreSQL.")
    if (server := major_version(connection)) < OLDEST:
        raise BackupTrouble(
            f"This server is a PostgreSQL {server}, and Stampwell needs {OLDEST} or newer. Restore into a newer one."
        )
    if loaded_archive(connection) == name:
        return True
    if tables := tables_of(connection):
        raise BackupTrouble(
            f"The database is not empty: there is a table {tables[0]}. A restore never writes over anything: give it "
            "an empty database."
        )
    return False


def write_files(data_dir: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Puts the kept files into the data folder; returns those that settings have to name."""
    for name, content in files.items():
        if name.startswith("data/"):
            _write(data_dir / name.removeprefix("data/"), content)
        elif name == "settings.env":
            _write(data_dir / "settings-of-the-backup.env", content)
    configured = {name.removeprefix("configured/"): files[name] for name in files if name.startswith("configured/")}
    for setting, content in configured.items():
        _write(data_dir / "wallet" / "configured" / setting, content)
    return [data_dir / "wallet" / "configured" / setting for setting in sorted(configured)]


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupTrouble(why_not_written(file, error)) from error
    # Whatever lay there is ours, from a restore that was cut off.
    file.unlink(missing_ok=True)
    with new_file(file) as stream:
        stream.write(content)

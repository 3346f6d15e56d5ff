"""`stampwell restore FILE`: brings a backup back into an empty place, after everything was checked.

This process loads no Django: its settings would make new keys in the empty data folder.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stampwell.backups import BackupTrouble, place, unfinished
from stampwell.backups.age import Identity
from stampwell.backups.clients import Client
from stampwell.backups.loading import load
from stampwell.backups.manifest import Manifest
from stampwell.backups.opened import Checked, check, database_parts, is_sealed
from stampwell.backups.passphrases import ask_passphrase
from stampwell.backups.progress import Progress
from stampwell.backups.sealing import identities, read_passphrase
from stampwell.backups.server import connected, require_server_itself
from stampwell.database import DatabaseTrouble, running_server
from stampwell.database.client_environment import client_environment
from stampwell.environment import EnvironmentTrouble, read_data_folder
from stampwell.management.data_folder import FolderTrouble, open_installation
from stampwell.management.leaving import leave_in_order

DEMO = "demo.json"
HELP = "Bring a backup back into an empty data folder and an empty database, after everything was checked."


def main(arguments: list[str] | None = None) -> int:
    options = _read_options(arguments)
    leave_in_order()
    try:
        restore(options)
    except (BackupTrouble, DatabaseTrouble, EnvironmentTrouble, FolderTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the same command again: it goes on where it was.", file=sys.stderr)
        return 130
    return 0


def restore(options: argparse.Namespace) -> None:
    opening = _opening(options)
    _say("Checking the archive.")
    checked = check(options.file, opening)
    _tell(checked)
    if options.check:
        return
    data_dir: Path = options.data.absolute() if options.data else read_data_folder(os.environ)
    given = os.environ.get("DATABASE_URL")
    client = _require_place(checked, data_dir, embedded=not given)
    with _database(checked, data_dir, given) as url:
        configured = _fill(options.file, opening, checked, client, url, data_dir)
        _settle(data_dir)
    if not (data_dir / DEMO).exists():
        open_installation(data_dir)
    unfinished.end(data_dir)
    _tell_what_is_left(data_dir, checked.manifest, configured)


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stampwell restore", description=HELP)
    parser.add_argument("file", type=Path, help="the archive that `stampwell backup` has made")
    parser.add_argument("--check", action="store_true", help="only check the archive, and write nothing")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the file with the secret key of age")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line is the passphrase")
    parser.add_argument("--data", type=Path, help="the data folder (default: STAMPWELL_DATA)")
    return parser.parse_args(arguments)


def _opening(options: argparse.Namespace) -> list[Identity]:
    if not is_sealed(options.file):
        return []
    passphrase = os.environ.get("STAMPWELL_BACKUP_PASSPHRASE") or None
    if options.passphrase_file:
        passphrase = read_passphrase(options.passphrase_file)
    if passphrase is None and options.identity is None:
        passphrase = ask_passphrase()
    return identities(key_file=options.identity, passphrase=passphrase)


def _require_place(checked: Checked, data_dir: Path, *, embedded: bool) -> Client:
    """Everything that can be known before the first byte is written."""
    place.require_known(checked.manifest)
    place.require_keys(checked.files, os.environ)
    resuming = data_dir.is_dir() and unfinished.unfinished_archive(data_dir) == checked.name
    place.require_empty_folder(data_dir, resuming=resuming, embedded=embedded)
    if not resuming:
        place.require_room(data_dir, checked.manifest, embedded=embedded)
    return place.require_converter(checked.manifest)


@contextmanager
def _database(checked: Checked, data_dir: Path, given: str | None) -> Iterator[str]:
    if given:
        yield given
        return
    unfinished.begin(data_dir, checked.name)  # before the cluster, or a kill would leave a folder that is not empty
    with running_server(data_dir, _say) as url:
        surroundings = client_environment(url)
        for name in set(os.environ) - set(surroundings):
            del os.environ[name]
        os.environ.update(surroundings)
        yield url


def _fill(
    archive: Path, opening: list[Identity], checked: Checked, client: Client, url: str, data_dir: Path
) -> list[Path]:
    """The files and the rows. Returns the files that settings have to name."""
    with connected(url) as connection:
        require_server_itself(url)
        loaded = place.is_loaded(connection, checked.manifest, checked.name)
        unfinished.begin(data_dir, checked.name)
        configured = place.write_files(data_dir, checked.files)
        if not loaded:
            with Progress("loaded", of=checked.database_size) as progress:
                parts = partial(database_parts, archive, opening)
                load(connection, client, parts, checked.manifest, name=checked.name, say=progress.add)
    return configured


def _settle(data_dir: Path) -> None:
    _say("Bringing the database up to date.")
    environment = {**os.environ, "STAMPWELL_DATA": str(data_dir), "DJANGO_SETTINGS_MODULE": "stampwell.settings"}
    done = subprocess.run([sys.executable, "-m", "django", "restore", "--settle"], env=environment)
    if done.returncode:
        raise BackupTrouble(
            "The reason is above. After the repair, run the same command again: it goes on where it was."
        )


def _tell(checked: Checked) -> None:
    manifest = checked.manifest
    rows = sum(table.rows for table in manifest.tables.values())
    _say(
        f"The archive is whole: made {manifest.made:%Y-%m-%d %H:%M} UTC by Stampwell {manifest.stampwell} at "
        f"{manifest.base_url}, {len(manifest.tables)} tables with {rows} rows."
    )


def _tell_what_is_left(data_dir: Path, manifest: Manifest, configured: list[Path]) -> None:
    _say(
        f"Restored into {data_dir}. Jobs that were open and mail that waited are set aside; `stampwell jobs list "
        "--state failed` and `stampwell mail list --state failed` show them."
    )
    ours = os.environ.get("STAMPWELL_BASE_URL", "").rstrip("/")
    if ours != manifest.base_url:
        _say(
            f"The links of the cards begin with {manifest.base_url}: they work where STAMPWELL_BASE_URL is that "
            f"address, which is {ours or 'not set'} here."
        )
    for file in configured:
        _say(f"Set {file.name}={file}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

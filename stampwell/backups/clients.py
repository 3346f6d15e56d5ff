"""PostgreSQL's own programs for a dump: those that come with Stampwell, or the system's where they fit better."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stampwell.backups.trouble import BackupTrouble
from stampwell.database.programs import packaged_programs

# Debian and Red Hat keep each version in a folder of its own, and put only one on the path.
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Client:
    program: Path
    version: int  # the major one


def find_client(name: str, *, at_least: int, with_tls: bool) -> Client | None:
    """The programs that come along know no TLS: without it the data would cross the network in clear."""
    ours = [] if with_tls else [packaged_programs() / name]
    for program in [*ours, *_of_system(name)]:
        version = _version_of(program)
        if version is not None and version >= at_least:
            return Client(program, version)
    return None


def require_dump(*, server: int, with_tls: bool) -> Client:
    client = find_client("pg_dump", at_least=server, with_tls=with_tls)
    if client:
        return client
    if with_tls:
        raise BackupTrouble(
            f"The connection to this PostgreSQL {server} is encrypted, and the pg_dump that comes with Stampwell knows "
            f"no TLS. Install the PostgreSQL client of version {server} or newer, such as the package "
            f"postgresql-client-{server}, and run this again."
        )
    raise BackupTrouble(
        f"The server is a PostgreSQL {server}, newer than every pg_dump here. Install the PostgreSQL client of version "
        f"{server} or newer, such as the package postgresql-client-{server}, and run this again."
    )


def _of_system(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    for pattern in SYSTEM_FOLDERS:
        folders = Path("/").glob(pattern.lstrip("/"))
        yield from (folder / name for folder in sorted(folders, reverse=True))


def _version_of(program: Path) -> int | None:
    if not os.access(program, os.X_OK):
        return None
    done = subprocess.run([program, "--version"], capture_output=True, text=True)  # noqa: S603
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found and done.returncode == 0 else None

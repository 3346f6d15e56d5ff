"""What an archive says about itself, in its last member but one; the last one is that one's checksum."""

import hashlib
from datetime import datetime

import msgspec

from stampwell.backups.trouble import BackupTrouble

FORMAT = 1
FIRST, MANIFEST, CHECKSUM = "stampwell-backup.txt", "manifest.json", "manifest.json.sha256"
# The first line of the first member; whatever comes later reads the format before anything else.
HEADING = "Stampwell backup, format "


class Member(msgspec.Struct, frozen=True):
    """`sha256` is in hexadecimal, as sha256sum writes it."""

    name: str
    size: int
    sha256: str


class Table(msgspec.Struct, frozen=True):
    """`digest` is a sum over all rows, in whatever order they lie."""

    rows: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All of it is of one moment, that of the snapshot. `migrations` are those of Stampwell that were applied."""

    format: int
    made: datetime
    stampwell: str
    migrations: list[str]
    postgresql: int  # the server's major version
    dump_version: int  # that of the pg_dump
    database_bytes: int
    base_url: str
    tables: dict[str, Table]
    members: list[Member]


def checksum_of(manifest: bytes) -> bytes:
    """As `sha256sum --check` reads it."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def read_manifest(data: bytes) -> Manifest:
    try:
        return msgspec.json.decode(data, type=Manifest, strict=True)
    except msgspec.DecodeError:
        raise BackupTrouble("The archive's manifest cannot be read: it is damaged, or was not made by us.") from None


def require_format(first: bytes, heading: str = HEADING, known: int = FORMAT, *, noun: str = "backup") -> None:
    """By the first member, before anything else is read."""
    line = first.partition(b"\n")[0].decode("ascii", errors="replace")
    number = line.removeprefix(heading)
    if number == line or not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise BackupTrouble(f"The file is no {noun} of Stampwell.")
    if int(number) > known:
        raise BackupTrouble("The archive was made by a newer Stampwell, in a form unknown to this one. Update it.")

"""Small archives without a database, right and wrong, for tests of what reads them."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from stampwell.backups.archive import Writing
from stampwell.backups.manifest import CHECKSUM, FIRST, FORMAT, HEADING, MANIFEST, Manifest, Table, checksum_of
from stampwell.clock import now

KEY = b"0" * 64
Change = Callable[[Writing], None]


def nothing(_archive: Writing) -> None:
    pass


def manifest_for(archive: Writing, **changes: object) -> Manifest:
    manifest = Manifest(
        format=FORMAT,
        made=now(),
        stampwell="1.2.3",
        migrations=["0001_initial"],
        postgresql=15,
        dump_version=15,
        database_bytes=1000,
        base_url="https://stamps.example",
        tables={"public.card": Table(1, "7")},
        members=archive.members.copy(),
    )
    return msgspec.structs.replace(manifest, **changes)


def archive_bytes(add: Change = nothing, *, heading: str = f"{HEADING}{FORMAT}\n", **changes: object) -> bytes:
    """`add` puts more into it, before the manifest is written; `changes` are what the manifest says."""
    target = io.BytesIO()
    archive = Writing(target)
    archive.add(FIRST, heading.encode())
    archive.add("data/keys/token_key", KEY)
    archive.add("data/keys/secret_key", KEY)
    archive.add("database/0000000", b"PGDMP" + bytes(100_000))
    add(archive)
    manifest = msgspec.json.encode(manifest_for(archive, **changes))
    archive.add(MANIFEST, manifest)
    archive.add(CHECKSUM, checksum_of(manifest))
    archive.finish()
    return target.getvalue()


def archive_file(folder: Path, data: bytes) -> Path:
    file = folder / "it.tar"
    file.write_bytes(data)
    return file


def foreign_member(header: tarfile.TarInfo, content: bytes = b"") -> Change:
    """As tar itself would write it, unknown to the manifest or not."""

    def add(archive: Writing) -> None:
        header.size = len(content)
        archive._target.write(header.tobuf(tarfile.GNU_FORMAT))
        archive._target.write(content + bytes(-len(content) % 512))

    return add

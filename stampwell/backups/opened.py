"""An archive as it is read: opened with what opens it, and checked from the first byte to the last."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stampwell.backups.age import INTRO, AgeReader, Identity, is_age
from stampwell.backups.archive import Reading, Source
from stampwell.backups.manifest import (
    CHECKSUM,
    MANIFEST,
    Manifest,
    checksum_of,
    read_manifest,
)
from stampwell.backups.trouble import BackupTrouble


@dataclass(frozen=True)
class Checked:
    """What an archive holds beside the database; every byte of it fits the manifest."""

    manifest: Manifest
    files: dict[str, bytes]

    @property
    def name(self) -> str:
        """Of this archive and no other."""
        return hashlib.sha256(self.files[MANIFEST]).hexdigest()

    @property
    def database_size(self) -> int:
        return sum(member.size for member in self.manifest.members if member.name.startswith("database/"))


def check(archive: Path, identities: Sequence[Identity]) -> Checked:
    """Reads all of it and writes nothing."""
    with _source(archive, identities) as source:
        reading = Reading(source)
        for _part in reading.parts():
            continue
    written = reading.small.get(MANIFEST)
    if written is None or reading.small.get(CHECKSUM) != checksum_of(written):
        raise BackupTrouble("The archive's manifest is damaged or missing.")
    manifest = read_manifest(written)
    _require_same(manifest, reading)
    return Checked(manifest, reading.small)


def database_parts(archive: Path, identities: Sequence[Identity]) -> Iterator[bytes]:
    """The dump again, of an archive that was checked."""
    with _source(archive, identities) as source:
        yield from Reading(source).parts()


def is_sealed(archive: Path) -> bool:
    try:
        with archive.open("rb") as file:
            return is_age(file.read(len(INTRO)))
    except OSError as error:
        raise BackupTrouble(f"The file {archive} cannot be read ({error.strerror}).") from error


@contextmanager
def _source(archive: Path, identities: Sequence[Identity]) -> Iterator[Source]:
    sealed = is_sealed(archive)
    if sealed and not identities:
        raise BackupTrouble(
            "The archive is sealed. Give the passphrase with --passphrase-file, or the key with --identity."
        )
    with archive.open("rb") as file:
        yield AgeReader(file, identities) if sealed else file


def _require_same(manifest: Manifest, reading: Reading) -> None:
    *found, last, checksum = reading.members
    if (last.name, checksum.name) != (MANIFEST, CHECKSUM) or len(manifest.members) != len(found):
        raise BackupTrouble("The archive does not hold what its manifest tells: it is damaged.")
    for told, member in zip(manifest.members, found, strict=True):
        if told != member:
            raise BackupTrouble(f"The archive is damaged: {member.name} is not what was written.")

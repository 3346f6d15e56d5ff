"""The archive of a shop as it is read: opened with its passphrase, and checked from the first byte to the last."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stampwell.backups.age import AgeReader, Identity
from stampwell.backups.archive import Reading
from stampwell.backups.opened import is_sealed
from stampwell.moving import parts
from stampwell.moving.form import FORM, MANIFEST, Manifest, archive_name, part_of, read_manifest, unpack_lines
from stampwell.moving.trouble import MoveTrouble


@dataclass(frozen=True)
class Archive:
    """One that was checked: what it holds is what was written."""

    file: Path
    identities: Sequence[Identity]
    manifest: Manifest
    name: str

    def members(self) -> Iterator[tuple[str, list[bytes]]]:
        """The part of each member, and its rows, in the order in which they can be inserted."""
        with _opened(self.file, self.identities) as reading:
            for packed in reading.parts():
                yield part_of(reading.members[-1].name), unpack_lines(packed)


def check(file: Path, identities: Sequence[Identity]) -> Archive:
    """Reads all of it and writes nothing. Raises BackupTrouble."""
    rows: dict[str, int] = {}
    with _opened(file, identities) as reading:
        for packed in reading.parts():
            part = part_of(reading.members[-1].name)
            rows[part] = rows.get(part, 0) + len(unpack_lines(packed))
    written = reading.small.get(MANIFEST)
    if written is None:
        raise MoveTrouble("The archive has no manifest: it is damaged, or was not made by us.")
    manifest = read_manifest(written)
    if manifest.members != reading.members[:-1] or reading.members[-1].name != MANIFEST:
        raise MoveTrouble("The archive does not hold what its manifest tells: it is damaged.")
    _require_parts(manifest, rows)
    return Archive(file, identities, manifest, archive_name(written))


@contextmanager
def _opened(file: Path, identities: Sequence[Identity]) -> Iterator[Reading]:
    if not is_sealed(file):
        raise MoveTrouble("The file is no archive of a shop: those are sealed with a passphrase.")
    with file.open("rb") as source:
        yield Reading(AgeReader(source, identities), FORM)


def _require_parts(manifest: Manifest, rows: dict[str, int]) -> None:
    """All that there are, each with its rows, in an order that the tables allow."""
    known = [part for part in parts.all_parts() if part in manifest.parts]
    if unknown := manifest.parts.keys() - set(known):
        raise MoveTrouble(f"The archive holds “{min(unknown)}”, which this Stampwell does not know. Update it.")
    if {part: found.rows for part, found in manifest.parts.items() if found.rows} != rows:
        raise MoveTrouble("The archive does not hold the rows that its manifest tells: it is damaged.")
    if list(rows) != [part for part in known if part in rows]:
        raise MoveTrouble("The parts of the archive are in another order than this Stampwell reads them. Update both.")

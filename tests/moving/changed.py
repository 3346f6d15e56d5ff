"""An archive as somebody may have changed it who has its passphrase."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from stampwell.backups.age import AgeWriter
from stampwell.backups.archive import Writing
from stampwell.moving.form import (
    FIRST,
    FORM,
    HEADING,
    MANIFEST,
    NUMBER,
    Manifest,
    Part,
    member_name,
    pack_lines,
)
from stampwell.moving.reading import Archive, check
from tests.moving.elsewhere import OURS, TO_US, rows_of

type Rows = dict[str, list[bytes]]
type Change = Callable[[Rows, dict[str, Part]], None]


def changed(archive: Archive, folder: Path, change: Change) -> Archive:
    """Passes every check that an archive of ours passes. `change` edits the rows and the parts of the manifest."""
    rows, told = rows_of(archive), archive.manifest.parts
    change(rows, told)
    file = folder / "changed"
    with file.open("wb") as target:
        sealed = AgeWriter(target, [TO_US])
        writing = Writing(sealed, FORM)
        writing.add(FIRST, f"{HEADING}{NUMBER}\n".encode())
        for part, lines in ((part, lines) for part, lines in rows.items() if lines):
            writing.add(member_name(part, 0), pack_lines(lines))
        counted = {part: Part(len(rows.get(part, [])), found.columns) for part, found in told.items()}
        manifest = _with(archive.manifest, counted, writing)
        writing.add(MANIFEST, msgspec.json.encode(manifest))
        writing.finish()
        sealed.close()
    return check(file, [OURS])


def _with(manifest: Manifest, counted: dict[str, Part], writing: Writing) -> Manifest:
    return msgspec.structs.replace(manifest, parts=counted, members=writing.members.copy())


def with_fields(line: bytes, **fields: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(line, type=dict[str, object]) | fields)


def row_of(line: bytes) -> dict[str, object]:
    return msgspec.json.decode(line, type=dict[str, object])


def set_first(part: str, **fields: object) -> Change:
    def change(rows: Rows, told: dict[str, Part]) -> None:
        rows[part][0] = with_fields(rows[part][0], **fields)

    return change

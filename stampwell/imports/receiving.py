"""Taking a file in: what it is, says its content, never its name."""

from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.imports.csv_rows import FIRST_ROWS, Broken, find_separator, opened_rows
from stampwell.imports.encodings import find_encoding
from stampwell.imports.files import digest_of, file_of, make_folder_for
from stampwell.imports.headings import guess_columns
from stampwell.imports.limits import LARGEST, MOST_COLUMNS, too_large
from stampwell.imports.refusals import ImportFileUnreadable
from stampwell.imports.rows import ImportRow
from stampwell.imports.unpacking import unpack_workbook
from stampwell.languages.texts import clean_text
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.whole_files import write_whole

LONGEST_NAME = 100
LONGEST_SHOWN = 60  # letters of a cell
_ZIP = b"PK\x03\x04"
_BEGINNING = 200_000  # bytes in which the separator is looked for
_REMEMBERED = """
    SELECT headings FROM card_import WHERE merchant_id = %s AND check_job_id IS NOT NULL
    ORDER BY created DESC, id DESC LIMIT 20
"""


class Preview(msgspec.Struct, frozen=True):
    """Cells are cut short; each row has as many as there are headings."""

    headings: list[str]
    rows: list[list[str]]


def receive_file(merchant: Merchant, content: bytes, *, name: str, actor: Actor) -> UUID:
    """The id of the new import. Refuses: ImportFileUnreadable, ImportFileTooLarge."""
    if len(content) > LARGEST:
        raise too_large()
    import_id, at = new_id(), now()
    file = file_of(merchant.id, import_id)
    make_folder_for(file)
    try:
        encoding, separator = _keep(content, file, merchant.locale)
        headings = _headings(file, encoding, separator)
        with merchant_transaction(merchant.id) as tx:
            columns = guess_columns(headings, remembered_columns(tx))
            row = _row(import_id, name, file, encoding, separator, columns, at=at, actor=actor)
            tx.insert("card_import", row)
    except BaseException:
        with suppress(FileNotFoundError):
            file.unlink()
        raise
    return import_id


def _keep(content: bytes, file: Path, locale: str) -> tuple[str, str]:
    """Writes the file, as CSV, and gives the encoding and the separator in which it lies there."""
    if content.startswith(_ZIP):
        unpack_workbook(content, file)
        return "utf-8-sig", ","
    encoding = find_encoding(content, locale=locale)
    if not encoding:
        raise ImportFileUnreadable
    write_whole(file, content)
    return encoding, find_separator(content[:_BEGINNING].decode(encoding, errors="replace"))


def _headings(file: Path, encoding: str, separator: str) -> list[str]:
    """Refuses: ImportFileUnreadable, ImportFileTooLarge."""
    preview = read_preview(file, encoding=encoding, separator=separator)
    if not any(preview.headings) or not preview.rows:
        raise ImportFileUnreadable
    if len(preview.headings) > MOST_COLUMNS:
        raise too_large()
    return preview.headings


def read_preview(file: Path, *, encoding: str, separator: str) -> Preview:
    """The first rows. What cannot be read is left out: the check says where that is."""
    found: list[list[str]] = []
    try:
        with opened_rows(file, encoding=encoding, separator=separator) as rows:
            for _number, cells in islice(rows, FIRST_ROWS):
                found.append(
                    [clean_text(cell[: 2 * LONGEST_SHOWN])[:LONGEST_SHOWN] for cell in cells[: MOST_COLUMNS + 1]]
                )
    except Broken:
        pass
    headings, *below = found or [[]]
    width = len(headings)
    return Preview(headings, [(cells + [""] * width)[:width] for cells in below if any(cells)])


def _cut(cell: str) -> str:
    return clean_text(cell[: 2 * LONGEST_SHOWN])[:LONGEST_SHOWN]


def remembered_columns(tx: Statements) -> dict[str, str]:
    """What the shop chose for a heading, the last time."""
    chosen: dict[str, str] = {}
    for text in reversed(tx.values(str, _REMEMBERED, (tx.merchant_id,))):
        chosen |= msgspec.json.decode(text, type=dict[str, str])
    return chosen


def _row(
    import_id: UUID,
    name: str,
    file: Path,
    encoding: str,
    separator: str,
    columns: list[str],
    *,
    at: datetime,
    actor: Actor,
) -> ImportRow:
    return ImportRow(
        id=import_id,
        name=clean_text(name[:1000])[-LONGEST_NAME:] or "CSV",
        digest=digest_of(file),
        size=file.stat().st_size,
        encoding=encoding,
        separator=separator,
        columns=msgspec.json.encode(columns).decode(),
        headings="{}",
        program_id=None,
        version_id=None,
        check_job_id=None,
        write_job_id=None,
        undo_job_id=None,
        rows=0,
        created=at,
        written=None,
        undone=None,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )

"""Taking a file in: what it is, says its content, never its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.imports.csv_rows import FIRST_ROWS, Broken, find_separator, opened_rows
from stampwell.imports.encodings import find_encoding
from stampwell.imports.files import digest_of, file_of, make_folder_for
from stampwell.imports.headings import guess_columns
from stampwell.imports.limits import LARGEST, MOST_COLUMNS, too_large
from stampwell.imports.models import CardImport
from stampwell.imports.refusals import ImportFileUnreadable
from stampwell.imports.rows import ImportRow
from stampwell.imports.unpacking import LARGEST as LARGEST_WORKBOOK
from stampwell.imports.unpacking import unpack_workbook
from stampwell.languages.texts import clean_text
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.whole_files import written_whole

LONGEST_NAME = 100
LONGEST_SHOWN = 60  # letters of a cell
_ZIP = b"PK\x03\x04"
_BEGINNING = 200_000  # bytes in which the separator is looked for
_PIECE = 1 << 20
_REMEMBERED = """
    SELECT headings FROM card_import WHERE merchant_id = %s AND check_job_id IS NOT NULL
    ORDER BY created DESC, id DESC LIMIT 20
"""


class Preview(msgspec.Struct, frozen=True):
    """Cells are cut short; each row has as many as there are headings."""

    headings: list[str]
    rows: list[list[str]]


class Content(Protocol):
    """What is read on by pieces: the body of a request, an uploaded file."""

    def read(self, size: int, /) -> bytes: ...


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it lies in the data folder, as CSV, before an import is made of it."""

    import_id: UUID
    at: datetime
    digest: bytes
    size: int
    encoding: str
    separator: str
    headings: list[str]


def receive_file(merchant: Merchant, content: Content, *, name: str, actor: Actor) -> UUID:
    """The id of the new import. Refuses: ImportFileUnreadable, ImportFileTooLarge."""
    with received_file(merchant, content) as received, merchant_transaction(merchant.id) as tx:
        return keep_import(tx, received, name=name, actor=actor).id


@contextmanager
def received_file(merchant: Merchant, content: Content) -> Iterator[Received]:
    """It stays in the data folder if an import was made of it, and else goes.

    Refuses: ImportFileUnreadable, ImportFileTooLarge.
    """
    import_id, at = new_id(), now()
    file = file_of(merchant.id, import_id)
    make_folder_for(file)
    is_kept = False
    try:
        encoding, separator = _take(content, file, merchant.locale)
        headings = _headings(file, encoding, separator)
        yield Received(
            import_id=import_id,
            at=at,
            digest=digest_of(file),
            size=file.stat().st_size,
            encoding=encoding,
            separator=separator,
            headings=headings,
        )
        is_kept = CardImport.objects.filter(merchant=merchant, id=import_id).exists()
    finally:
        if not is_kept:
            file.unlink(missing_ok=True)


def keep_import(tx: Statements, received: Received, *, name: str, actor: Actor) -> ImportRow:
    """Makes an import of it, with what its columns are likely to hold."""
    columns = guess_columns(received.headings, remembered_columns(tx))
    row = _row(received, name, columns, actor=actor)
    tx.insert("card_import", row)
    return row


def _take(content: Content, file: Path, locale: str) -> tuple[str, str]:
    """Writes the file, as CSV, and gives the encoding and the separator in which it lies there."""
    beginning = content.read(_BEGINNING)
    if beginning.startswith(_ZIP):
        unpack_workbook(_pieces(beginning, content, most=LARGEST_WORKBOOK), file)
        return "utf-8-sig", ","
    with written_whole(file) as stream:
        for piece in _pieces(beginning, content, most=LARGEST):
            stream.write(piece)
    encoding = find_encoding(file, locale=locale)
    if not encoding:
        raise ImportFileUnreadable
    return encoding, find_separator(beginning.decode(encoding, errors="replace"))


def _pieces(beginning: bytes, content: Content, *, most: int) -> Iterator[bytes]:
    """Refuses: ImportFileTooLarge."""
    piece, size = beginning, 0
    while piece:
        size += len(piece)
        if size > most:
            raise too_large(most)
        yield piece
        piece = content.read(_PIECE)


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
                found.append([_cut(cell) for cell in cells[: MOST_COLUMNS + 1]])
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


def _row(received: Received, name: str, columns: list[str], *, actor: Actor) -> ImportRow:
    return ImportRow(
        id=received.import_id,
        name=clean_text(name[:1000])[-LONGEST_NAME:] or "CSV",
        digest=received.digest,
        size=received.size,
        encoding=received.encoding,
        separator=received.separator,
        columns=msgspec.json.encode(columns).decode(),
        headings="{}",
        program_id=None,
        version_id=None,
        check_job_id=None,
        write_job_id=None,
        undo_job_id=None,
        mail_job_id=None,
        mail_stopped=None,
        writes_when_checked=False,
        rows=0,
        created=received.at,
        written=None,
        undone=None,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
